import { now } from "../clock";
import { db, type Prisma } from "../db";
import { AppError, messageOf } from "../errors";
import { newId } from "../ids";

export type Channel = "sms" | "push" | "crm";

/** A message. There is one for each channel, kind, entity and target. */
export interface Message {
  channel: Channel;
  kind: string;
  entityId: string;
  target: string;
  /** The content, stored as a record of the send. */
  body: Prisma.InputJsonObject;
}

/** The provider that accepted a message, and its id there. */
export interface Receipt {
  provider: string;
  providerId?: string;
}

/** `key` is the same for all retries. `retried`: an earlier try may have reached the provider. */
export type Send = (attempt: { key: string; retried: boolean }) => Promise<Receipt>;

/**
 * Sends a message once: it is stored before it is sent, and a sent message is not sent again.
 * @throws AppError what `send` throws; a final failure is stored and thrown again by each later call
 */
export async function sendOnce(message: Message, send: Send): Promise<void> {
  const { channel, kind, entityId, target } = message;
  const newMessageId = newId("ntc");
  const row = { id: newMessageId, ...message, status: "sending" as const, createdAt: now() };
  await db().message.createMany({ data: row, skipDuplicates: true });
  const { id, status, error } = await db().message.findUniqueOrThrow({
    where: { channel_kind_entityId_target: { channel, kind, entityId, target } },
  });
  if (status === "sent") return;
  if (status === "failed") throw new AppError("provider_refused", 422, error ?? "The message was refused before.");
  try {
    const { provider, providerId = null } = await send({ key: id, retried: id !== newMessageId });
    const sent = { status: "sent" as const, provider, providerId, error: null, endedAt: now() };
    await db().message.update({ where: { id }, data: sent });
  } catch (error) {
    const final = error instanceof AppError && error.retry === false;
    await db().message.updateMany({
      where: { id, status: "sending" },
      data: { error: messageOf(error), ...(final && { status: "failed", endedAt: now() }) },
    });
    throw error;
  }
}

/** Fails the messages that were not sent on these channels, after the last retry. */
export async function failPendingMessages(entityId: string, channels: Channel[]): Promise<void> {
  await db().message.updateMany({
    where: { entityId, channel: { in: channels }, status: "sending" },
    data: { status: "failed", endedAt: now() },
  });
}
