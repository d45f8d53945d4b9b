import { notifyEnv } from "../env";
import { callProvider } from "./provider";
import type { Channel, Receipt } from "./send-once";

/**
 * Where a channel without a provider says what it would have sent: NOTIFY_OUTBOX_URL when there is one, under
 * `/{channel}`; else nowhere but the table of messages, which has it already.
 */
export async function recordMessage(channel: Channel, key: string, body: Record<string, unknown>): Promise<Receipt> {
  const { NOTIFY_OUTBOX_URL } = notifyEnv();
  if (!NOTIFY_OUTBOX_URL) return { provider: "record" };
  await callProvider("Outbox", `${NOTIFY_OUTBOX_URL}/${channel}`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify(body),
  });
  return { provider: "outbox", providerId: key };
}
