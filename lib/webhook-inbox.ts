import { now } from "./clock";
import { db, Prisma } from "./db";
import type { OutgoingEvent } from "./events";
import { announce, outboxInsert } from "./outbox";
import { storableJson } from "./text";

export interface Incoming {
  provider: "stripe" | "resend";
  /** The provider's id of the event: the same event twice is one row. */
  id: string;
  type: string;
  /** What it is about, as the provider calls it. */
  objectId: string | null;
  payload: unknown;
}

/** What is to become of an event: done with, for a reason; announced to a workflow; or left for one that is under way. */
export type WebhookAction = { receipt: string } | { announce: OutgoingEvent } | { leave: string };

/**
 * Records a webhook, once, together with the event it sets going, and sends that after the commit. Returns what became of
 * it, in a sentence; the provider gets it as its receipt.
 */
export async function receive(incoming: Incoming, disposition: WebhookAction): Promise<string> {
  const at = now();
  const { provider, id, type, objectId, payload } = incoming;
  const events = "announce" in disposition ? [disposition.announce] : [];
  const receipt = "receipt" in disposition ? disposition.receipt : null;
  const fresh = await db().$queryRaw<unknown[]>`
    WITH recorded AS (
      INSERT INTO webhook_inbox (provider, id, type, object_id, payload, received_at, processed_at, receipt)
      VALUES (${provider}, ${id}, ${type}, ${objectId}, ${storableJson(payload)}::jsonb, ${at}, ${receipt === null ? null : at}::timestamptz, ${receipt})
      ON CONFLICT (provider, id) DO NOTHING RETURNING id
    ), announced AS (${events.length > 0 ? outboxInsert(events, at) : Prisma.sql`SELECT 1`})
    SELECT id FROM recorded`;
  if (fresh.length === 0) return "Known already.";
  await announce(events);
  return receipt ?? ("leave" in disposition ? disposition.leave : "Recorded.");
}

/**
 * Marks the events about an object as dealt with: those that were here when the provider was asked about it, at `read`. Of what
 * came since, the answer may not have known.
 */
export async function markProcessed(
  provider: Incoming["provider"],
  objectId: string,
  receipt: string,
  read: Date,
): Promise<void> {
  await db().$executeRaw`
    UPDATE webhook_inbox SET processed_at = ${now()}, receipt = ${receipt}
    WHERE provider = ${provider} AND object_id = ${objectId} AND processed_at IS NULL AND received_at <= ${read}`;
}
