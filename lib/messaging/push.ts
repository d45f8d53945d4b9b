import webPush from "web-push";
import { z } from "zod";
import type { PushSubscription } from "@/prisma/generated/client";
import { now } from "../clock";
import { db, lockUser, transaction } from "../db";
import { notifyEnv, pushEnv } from "../env";
import { AppError, conflict, messageOf } from "../errors";
import { sendOutgoingRequest } from "../http/outgoing-request";
import { checkTarget } from "../http/private-network-guard";
import { fingerprint, newId } from "../ids";
import { webAddressSchema } from "../text";
import { captureMessage, checkResponse, type Message, sendOnce, unavailable } from "./send-once";

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
    await db().pushSubscription.deleteMany({ where: { id: subscription.id } });
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
  const response = await sendOutgoingRequest({
    url: endpoint,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    body: body ?? undefined,
    timeoutMs: notifyEnv().NOTIFY_TIMEOUT_MS,
  }).catch((error: unknown) => {
    if (error instanceof AppError) throw error;
    throw unavailable("Push service", messageOf(error), true, error);
  });
  const { status, body: text, headers: received } = response;
  if (status !== 404 && status !== 410)
    checkResponse("Push service", status, text, String(received["retry-after"] ?? ""));
  return status;
}

/** Bytes in base64url, as browsers encode them. */
const bytes = (length: number) =>
  z
    .string()
    .regex(/^[\w-]+=*$/, "must be base64url")
    .refine((text) => Buffer.from(text, "base64url").length === length, `must hold ${length} bytes`);

/** The body of `POST /api/account/push-subscriptions`: the output of `PushSubscription.toJSON()` in the browser. */
export const subscriptionSchema = z.strictObject({
  endpoint: webAddressSchema,
  expirationTime: z.number().nullable().optional(),
  // An uncompressed P-256 public key, and 16 random bytes (RFC 8291, section 2).
  keys: z.strictObject({ p256dh: bytes(65), auth: bytes(16) }),
});

/** The body of `DELETE /api/account/push-subscriptions`. */
export const unsubscribeSchema = z.strictObject({ endpoint: webAddressSchema });

/** The address and the keys of a subscribed browser. */
export type PushTarget = Pick<PushSubscription, "id" | "endpoint" | "p256dh" | "auth">;

/** More browsers than a user needs. The limit keeps one user from filling the table. */
const MAX_PER_USER = 20;

/**
 * Stores a browser's subscription. A browser that is stored already is assigned to the user who is signed in there now.
 * @throws AppError `address_refused`, `address_not_public` (422); `too_many_subscriptions` (409)
 */
export async function subscribe(userId: string, request: z.output<typeof subscriptionSchema>): Promise<{ id: string }> {
  const { endpoint, keys } = request;
  checkTarget(new URL(endpoint), ["https:"], "endpoint");
  return transaction(async (tx) => {
    await lockUser(tx, userId);
    const others = await tx.pushSubscription.count({ where: { userId, endpoint: { not: endpoint } } });
    if (others >= MAX_PER_USER)
      throw conflict("too_many_subscriptions", `An account may have at most ${MAX_PER_USER} browsers subscribed.`);
    const { p256dh, auth } = keys;
    return tx.pushSubscription.upsert({
      where: { endpoint },
      create: { id: newId("psh"), userId, endpoint, p256dh, auth, createdAt: now() },
      update: { userId, p256dh, auth },
      select: { id: true },
    });
  });
}

/** Deletes a browser's subscription of this user, if there is one. */
export async function unsubscribe(userId: string, endpoint: string): Promise<void> {
  await db().pushSubscription.deleteMany({ where: { userId, endpoint } });
}

const byAge = (userId: string) => ({ where: { userId }, orderBy: { id: "asc" as const } });

/** Returns the key that a browser needs to subscribe (null without push), and the user's subscriptions, oldest first. */
export async function listSubscriptions(userId: string) {
  const select = { id: true, endpoint: true, createdAt: true } as const;
  const items = await db().pushSubscription.findMany({ ...byAge(userId), select });
  return { publicKey: pushEnv()?.VAPID_PUBLIC_KEY ?? null, items };
}

export async function subscriptionsOf(userId: string): Promise<PushTarget[]> {
  return db().pushSubscription.findMany(byAge(userId));
}
