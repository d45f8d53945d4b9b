import { z } from "zod";
import { now } from "./clock";
import { db } from "./db";
import { AppError, messageOf } from "./errors";
import type { OutgoingEvent } from "./events";
import { withOutbox } from "./outbox";
import { storableJson } from "./text";

export interface IncomingWebhook {
  provider: "stripe" | "resend";
  /** The provider's id of the event. The same event received twice is one row. */
  id: string;
  type: string;
  /** The provider's id of the object that the event is about. */
  objectId: string | null;
  payload: unknown;
}

/** What to do with an event: mark it processed with a receipt, publish an event for a workflow, or leave it to a run under way. */
export type WebhookAction = { receipt: string } | { publish: OutgoingEvent } | { leave: string };

/** Returns the error of a webhook whose signature does not fit. */
export const invalidSignature = (cause: unknown): AppError =>
  new AppError("invalid_signature", 400, `The signature does not fit: ${messageOf(cause).split("\n")[0]}`, { cause });

/** The body of the response to a webhook. */
export const receiptSchema = z.strictObject({ received: z.literal(true), receipt: z.string() });

/** Stores a webhook once, together with the event that it publishes. Returns a receipt sentence for the provider. */
export async function receive(webhook: IncomingWebhook, action: WebhookAction): Promise<string> {
  const at = now();
  const { provider, id, type, objectId, payload } = webhook;
  const receipt = "receipt" in action ? action.receipt : null;
  return withOutbox(
    async (tx, publish) => {
      const inserted = await tx.$queryRaw<{ id: string }[]>`
        WITH inserted AS (
          INSERT INTO webhook_inbox (provider, id, type, object_id, payload, received_at, processed_at, receipt)
          VALUES (${provider}, ${id}, ${type}, ${objectId}, ${storableJson(payload)}::jsonb, ${at}, ${receipt === null ? null : at}::timestamptz, ${receipt})
          ON CONFLICT (provider, id) DO NOTHING RETURNING id
        ), published AS (${publish.insert("publish" in action ? [action.publish] : [], at)})
        SELECT id FROM inserted`;
      if (inserted.length === 0) {
        publish.discard();
        return "Known already.";
      }
      return receipt ?? ("leave" in action ? action.leave : "Recorded.");
    },
    { singleStatement: true },
  );
}

/** Marks an object's events as processed if they came before it was read. The state at `readAt` lacks later ones. */
export async function markProcessed(
  provider: IncomingWebhook["provider"],
  objectId: string,
  receipt: string,
  readAt: Date,
): Promise<void> {
  await db().webhookEvent.updateMany({
    where: { provider, objectId, processedAt: null, receivedAt: { lte: readAt } },
    data: { processedAt: now(), receipt },
  });
}
