import webPush from "web-push";
import { notifyEnv, pushEnv } from "../env";
import { AppError, messageOf } from "../errors";
import { sendOutgoingRequest } from "../http/outgoing-request";
import { fingerprint } from "../ids";
import { captureMessage, checkAnswer, unavailable } from "./provider";
import { deleteSubscription, type PushTarget } from "./push-subscriptions";
import { type Message, sendOnce } from "./send-once";

/** The notification that the service worker shows. A repeated notification replaces an earlier one of the same `tag`. */
export interface PushMessage {
  title: string;
  body: string;
  url: string;
  tag: string;
}

/** A day: older shipment news does not help a user who was offline so long. In seconds (RFC 8030, section 5.2). */
const TTL_SECONDS = 86_400;

/**
 * Sends a push message to one browser, encrypted and signed (RFC 8291, RFC 8292), or captures it if there is no VAPID key. A
 * subscription that its push service has ended (404, 410) is deleted, which is not a failure.
 *
 * @throws AppError `provider_unavailable`, with `retry`; `provider_refused`, final
 */
export async function sendPush(
  message: Omit<Message, "channel" | "body" | "target">,
  subscription: PushTarget,
  content: PushMessage,
): Promise<void> {
  const body = { to: subscription.endpoint, ...content };
  await sendOnce({ ...message, channel: "push", target: subscription.id, body }, async ({ key }) => {
    if (!pushEnv()) return captureMessage("push", key, body);
    const status = await post(subscription, content);
    if (status !== 404 && status !== 410) return { provider: "web-push" };
    await deleteSubscription(subscription.id);
    return { provider: "web-push", providerId: "gone" };
  });
}

/** A push service replaces an undelivered message by a later one of the same topic, so a retry is shown once (RFC 8030, 5.4). */
async function post({ endpoint, p256dh, auth }: PushTarget, message: PushMessage): Promise<number> {
  const vapid = pushEnv();
  if (!vapid) throw new Error("There is no VAPID key.");
  const { headers, body } = webPush.generateRequestDetails(
    { endpoint, keys: { p256dh, auth } },
    JSON.stringify(message),
    {
      TTL: TTL_SECONDS,
      urgency: "normal",
      topic: fingerprint(message.tag).slice(0, 32),
      vapidDetails: {
        subject: vapid.VAPID_SUBJECT,
        publicKey: vapid.VAPID_PUBLIC_KEY,
        privateKey: vapid.VAPID_PRIVATE_KEY,
      },
    },
  );
  const answer = await sendOutgoingRequest({
    url: endpoint,
    method: "POST",
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    body: body ?? undefined,
    timeoutMs: notifyEnv().NOTIFY_TIMEOUT_MS,
  }).catch((error: unknown) => {
    if (error instanceof AppError) throw error;
    throw unavailable("Push service", messageOf(error), true, error);
  });
  const { status } = answer;
  if (status !== 404 && status !== 410)
    checkAnswer("Push service", { status, body: answer.body, retryAfter: String(answer.headers["retry-after"] ?? "") });
  return status;
}
