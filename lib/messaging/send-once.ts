import { now } from "../clock";
import { db } from "../db";
import { AppError, messageOf } from "../errors";
import { newId } from "../ids";

export type Channel = "sms" | "push" | "crm";

/** What makes a message the same message: one for each channel, kind, entity and target. */
export interface Message {
  channel: Channel;
  kind: string;
  entityId: string;
  target: string;
  /** What is said, for whoever looks it up later. */
  body: Record<string, unknown>;
}

/** Who took it, and under which id. */
export interface Receipt {
  provider: string;
  providerId?: string;
}

/** `key` stays the same over all tries; `again` says that an earlier one may have gone through. */
export type Send = (attempt: { key: string; again: boolean }) => Promise<Receipt>;

interface Row {
  id: string;
  status: "sending" | "sent" | "failed";
  error: string | null;
}

/**
 * Tells something, once: it is written down before it is sent, and what was sent is not sent again.
 * @throws AppError what `send` throws; a final failure is written down and thrown again each time
 */
export async function sendOnce(message: Message, send: Send): Promise<void> {
  const { channel, kind, entityId, target, body } = message;
  const fresh = newId("ntc");
  await db().$executeRaw`
    INSERT INTO messages (id, channel, kind, entity_id, target, status, body, created_at)
    VALUES (${fresh}, ${channel}, ${kind}, ${entityId}, ${target}, 'sending', ${JSON.stringify(body)}::jsonb, ${now()})
    ON CONFLICT (channel, kind, entity_id, target) DO NOTHING`;
  const [row] = await db().$queryRaw<Row[]>`
    SELECT id, status, error FROM messages WHERE channel = ${channel} AND kind = ${kind} AND entity_id = ${entityId} AND target = ${target}`;
  if (!row) throw new Error("The message was not written.");
  if (row.status === "sent") return;
  if (row.status === "failed") throw new AppError("provider_refused", 422, row.error ?? "It was refused before.");
  try {
    const { provider, providerId } = await send({ key: row.id, again: row.id !== fresh });
    await db().$executeRaw`
      UPDATE messages SET status = 'sent', provider = ${provider}, provider_id = ${providerId ?? null}, error = NULL, ended_at = ${now()}
      WHERE id = ${row.id}`;
  } catch (error) {
    const final = error instanceof AppError && error.retry === false;
    await db().$executeRaw`
      UPDATE messages SET error = ${messageOf(error)}, status = ${final ? "failed" : "sending"}::message_status,
        ended_at = ${final ? now() : null}::timestamptz WHERE id = ${row.id} AND status = 'sending'`;
    throw error;
  }
}

/** Every try is used up: what was not sent on these channels never will be. */
export async function failPendingMessages(entityId: string, channels: Channel[]): Promise<void> {
  await db().$executeRaw`
    UPDATE messages SET status = 'failed', ended_at = ${now()}
    WHERE entity_id = ${entityId} AND channel = ANY(${channels}) AND status = 'sending'`;
}
