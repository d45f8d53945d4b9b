import { now } from "../clock";
import { db, type Prisma } from "../db";
import { notifyEnv } from "../env";
import { AppError, messageOf, parseRetryAfter } from "../errors";
import { newId } from "../ids";

/** The channels of messages beside email. A constraint of the table names them too. */
export const CHANNELS = ["sms", "push", "crm"] as const;

export type Channel = (typeof CHANNELS)[number];

/** A message. There is one for each channel, kind, entity and target. */
export interface Message {
  channel: Channel;
  kind: string;
  entityId: string;
  target: string;
  /** The content, stored with the first try. */
  body: Prisma.InputJsonObject;
}

/** The provider that accepted a message, and its id there. */
export interface Receipt {
  provider: string;
  providerId?: string;
}

/**
 * Sends a message once: it is stored before it is sent, and a sent message is not sent again. `key` and `body` are those
 * of the first try. `retried`: an earlier try may have reached the provider.
 * @throws AppError what `send` throws; a final failure is stored and thrown again by each later call
 */
export async function sendOnce(
  message: Message,
  send: (attempt: { key: string; retried: boolean; body: Prisma.JsonValue }) => Promise<Receipt>,
): Promise<void> {
  const { channel, kind, entityId, target } = message;
  const newMessageId = newId("ntc");
  const row = { id: newMessageId, ...message, status: "sending" as const, createdAt: now() };
  await db().message.createMany({ data: row, skipDuplicates: true });
  const { id, status, error, body } = await db().message.findUniqueOrThrow({
    where: { channel_kind_entityId_target: { channel, kind, entityId, target } },
  });
  if (status === "sent") return;
  if (status === "failed") throw new AppError("provider_refused", 422, error ?? "The message was refused before.");
  try {
    const { provider, providerId = null } = await send({ key: id, retried: id !== newMessageId, body });
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

/** Calls a provider and returns the body. @throws AppError `provider_unavailable` (retry), `provider_refused` (final) */
export async function callProvider(name: string, url: string, init: RequestInit): Promise<string> {
  let response: Response;
  let body: string;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(notifyEnv().NOTIFY_TIMEOUT_MS) });
    body = await response.text();
  } catch (cause) {
    throw unavailable(name, messageOf(cause), true, cause);
  }
  checkResponse(name, response.status, body, response.headers.get("retry-after"));
  return body;
}

/**
 * Accepts a 2xx. A retry can help after too many requests, a failure of the provider, and a refused key, which an operator can
 * replace. Any other response is about this request and would be the same again.
 * @throws AppError as `callProvider` does
 */
export function checkResponse(name: string, status: number, body: string, retryAfter: string | null): void {
  if (status >= 200 && status < 300) return;
  const response = `${status} ${body.slice(0, 300)}`.trim();
  if (status >= 500 || [401, 403, 408, 425, 429].includes(status))
    throw unavailable(name, response, parseRetryAfter(retryAfter));
  throw new AppError("provider_refused", 422, `${name} refused: ${response}`);
}

export const unavailable = (name: string, reason: string, retry: true | number, cause?: unknown) =>
  new AppError("provider_unavailable", 503, `${name}: ${reason}`, { retry, cause });

/** Posts a message without a provider to NOTIFY_OUTBOX_URL. Without that URL, only the table of messages records it. */
export async function captureMessage(channel: Channel, key: string, body: Record<string, unknown>): Promise<Receipt> {
  const { NOTIFY_OUTBOX_URL } = notifyEnv();
  if (!NOTIFY_OUTBOX_URL) return { provider: "record" };
  await callProvider("Outbox", `${NOTIFY_OUTBOX_URL}/${channel}`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify(body),
  });
  return { provider: "outbox", providerId: key };
}
