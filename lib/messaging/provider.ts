import { notifyEnv } from "../env";
import { AppError, messageOf } from "../errors";
import { parseRetryAfter } from "../retry-after";
import type { Channel, Receipt } from "./send-once";

export interface ProviderAnswer {
  status: number;
  body: string;
  retryAfter?: string | null;
}

/**
 * Calls a provider and returns the body of its answer.
 * @throws AppError `provider_unavailable`, with `retry`; `provider_refused`, final
 */
export async function callProvider(name: string, url: string, init: RequestInit): Promise<string> {
  let response: Response;
  let body: string;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(notifyEnv().NOTIFY_TIMEOUT_MS) });
    body = await response.text();
  } catch (cause) {
    throw unavailable(name, messageOf(cause), true, cause);
  }
  checkAnswer(name, { status: response.status, body, retryAfter: response.headers.get("retry-after") });
  return body;
}

/**
 * Accepts a 2xx. A retry can help after too many requests, a failure of the provider, and a refused key, which an operator can
 * replace. Any other answer is about this request and would be the same again.
 * @throws AppError as `callProvider` does
 */
export function checkAnswer(name: string, { status, body, retryAfter }: ProviderAnswer): void {
  if (status >= 200 && status < 300) return;
  const answer = `${status} ${body.slice(0, 300)}`.trim();
  if (status >= 500 || [401, 403, 408, 425, 429].includes(status))
    throw unavailable(name, answer, parseRetryAfter(retryAfter));
  throw new AppError("provider_refused", 422, `${name} refused: ${answer}`);
}

export const unavailable = (name: string, reason: string, retry: true | number, cause?: unknown) =>
  new AppError("provider_unavailable", 503, `${name}: ${reason}`, { retry, cause });

/**
 * Captures the message of a channel that has no provider: posts it to NOTIFY_OUTBOX_URL under `/{channel}`. Without that URL the
 * table of messages is the only record.
 */
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
