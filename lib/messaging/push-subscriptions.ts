import { z } from "zod";
import { now } from "../clock";
import { db, transaction } from "../db";
import { pushEnv } from "../env";
import { AppError, conflict } from "../errors";
import { checkTarget } from "../http/private-network-guard";
import { newId } from "../ids";

/** Bytes in base64url, as browsers encode them. */
const bytes = (length: number) =>
  z
    .string()
    .regex(/^[\w-]+=*$/, "must be base64url")
    .refine((text) => Buffer.from(text, "base64url").length === length, `must hold ${length} bytes`);

const endpoint = z.url("must be an address").max(2_000);

/** The body of `POST /api/account/push-subscriptions`: the output of `PushSubscription.toJSON()` in the browser. */
export const subscriptionSchema = z.strictObject({
  endpoint,
  expirationTime: z.number().nullable().optional(),
  // An uncompressed P-256 public key, and 16 random bytes (RFC 8291, section 2).
  keys: z.strictObject({ p256dh: bytes(65), auth: bytes(16) }),
});

/** The body of `DELETE /api/account/push-subscriptions`. */
export const unsubscribeSchema = z.strictObject({ endpoint });

/** The address and the keys of a subscribed browser. */
export interface PushTarget {
  id: string;
  endpoint: string;
  p256dh: string;
  auth: string;
}

/** More browsers than a user needs. The limit keeps one user from filling the table. */
const MAX_PER_USER = 20;

/**
 * Stores a browser's subscription. A browser that is stored already is assigned to the user who is signed in there now.
 * @throws AppError `address_refused`, `address_not_public` (422); `too_many_subscriptions` (409)
 */
export async function subscribe(userId: string, request: z.output<typeof subscriptionSchema>): Promise<{ id: string }> {
  const { endpoint, keys } = request;
  checkEndpoint(endpoint);
  return transaction(async (tx) => {
    await tx.$queryRaw<{ id: string }[]>`SELECT id FROM users WHERE id = ${userId} FOR UPDATE`;
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

const OLDEST_FIRST = [{ createdAt: "asc" as const }, { id: "asc" as const }];

/** Returns the key that a browser needs to subscribe (null without push), and the user's subscriptions. */
export async function listSubscriptions(userId: string) {
  const items = await db().pushSubscription.findMany({
    where: { userId },
    orderBy: OLDEST_FIRST,
    select: { id: true, endpoint: true, createdAt: true },
  });
  return { publicKey: pushEnv()?.VAPID_PUBLIC_KEY ?? null, items };
}

export async function subscriptionsOf(userId: string): Promise<PushTarget[]> {
  return db().pushSubscription.findMany({
    where: { userId },
    orderBy: OLDEST_FIRST,
    select: { id: true, endpoint: true, p256dh: true, auth: true },
  });
}

/** Deletes a subscription that its push service has ended. */
export async function deleteSubscription(id: string): Promise<void> {
  await db().pushSubscription.deleteMany({ where: { id } });
}

/** `checkTarget` reports the field `url`; here the field is `endpoint`. */
function checkEndpoint(endpoint: string): void {
  try {
    checkTarget(new URL(endpoint));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const errors = error.errors.map(({ message }) => ({ path: "endpoint", message }));
    throw new AppError(error.code, error.status, error.message, { errors });
  }
}
