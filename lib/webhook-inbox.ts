import { z } from "zod";
import { now } from "./clock";
import { db, type Prisma } from "./db";
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

/**
 * What to do with an event: mark it processed with a receipt, publish an event for a workflow, or leave it to a run under way.
 * `receipt` is then the SQL of a receipt if that run has done its work meanwhile, and locks what the run changes.
 */
export type WebhookAction = { receipt: string } | { publish: OutgoingEvent } | { leave: string; receipt: Prisma.Sql };

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
  const events = "publish" in action ? [action.publish] : [];
  return withOutbox(
    async (tx, publish) => {
      const [inserted] = await tx.$queryRaw<{ receipt: string | null }[]>`
        WITH decided AS MATERIALIZED (SELECT (${receipt})::text AS receipt), inserted AS (
          INSERT INTO webhook_inbox (provider, id, type, object_id, payload, received_at, processed_at, receipt)
          SELECT ${provider}, ${id}, ${type}, ${objectId}, ${storableJson(payload)}::jsonb, ${at},
            CASE WHEN receipt IS NOT NULL THEN ${at}::timestamptz END, receipt FROM decided
          ON CONFLICT (provider, id) DO NOTHING RETURNING receipt
        ), published AS (${publish.insert(events, at)})
        SELECT receipt FROM inserted`;
      if (!inserted) {
        publish.discard();
        return "Known already.";
      }
      return inserted.receipt ?? ("leave" in action ? action.leave : "Recorded.");
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
