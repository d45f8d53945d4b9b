import { z } from "zod";
import { now } from "../clock";
import { db, transaction } from "../db";
import { pushEnv } from "../env";
import { AppError, conflict } from "../errors";
import { checkTarget } from "../http/private-network-guard";
import { newId } from "../ids";

/** Bytes in base64url, as browsers write them. */
const bytes = (length: number) =>
  z
    .string()
    .regex(/^[\w-]+=*$/, "must be base64url")
    .refine((text) => Buffer.from(text, "base64url").length === length, `must hold ${length} bytes`);

const endpoint = z.url("must be an address").max(2_000);

/** The body of `POST /api/account/push-subscriptions`: what `PushSubscription.toJSON()` gives in the browser. */
export const subscriptionSchema = z.strictObject({
  endpoint,
  expirationTime: z.number().nullable().optional(),
  // A P-256 public key, uncompressed, and 16 random bytes (RFC 8291, section 2).
  keys: z.strictObject({ p256dh: bytes(65), auth: bytes(16) }),
});

/** The body of `DELETE /api/account/push-subscriptions`. */
export const unsubscribeSchema = z.strictObject({ endpoint });

/** What it takes to reach a browser. */
export interface PushTarget {
  id: string;
  endpoint: string;
  p256dh: string;
  auth: string;
}

/** More browsers than anybody uses; what comes on top is somebody filling the table. */
const MAX_PER_USER = 20;

/**
 * Remembers a browser of a user; a browser known already is given to whoever is signed in there now.
 * @throws AppError `address_refused`, `address_not_public` (422); `too_many_subscriptions` (409)
 */
export async function subscribe(userId: string, request: z.output<typeof subscriptionSchema>): Promise<{ id: string }> {
  const { endpoint, keys } = request;
  named(() => checkTarget(new URL(endpoint)));
  return transaction(async (tx) => {
    await tx.$executeRaw`SELECT 1 FROM users WHERE id = ${userId} FOR UPDATE`;
    const [row] = await tx.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM push_subscriptions WHERE user_id = ${userId} AND endpoint <> ${endpoint}`;
    if ((row?.count ?? 0) >= MAX_PER_USER)
      throw conflict("too_many_subscriptions", `An account may have at most ${MAX_PER_USER} browsers subscribed.`);
    const [saved] = await tx.$queryRaw<{ id: string }[]>`
      INSERT INTO push_subscriptions (id, user_id, endpoint, p256dh, auth, created_at)
      VALUES (${newId("psh")}, ${userId}, ${endpoint}, ${keys.p256dh}, ${keys.auth}, ${now()})
      ON CONFLICT (endpoint) DO UPDATE SET user_id = excluded.user_id, p256dh = excluded.p256dh, auth = excluded.auth
      RETURNING id`;
    if (!saved) throw new Error("The subscription was not written.");
    return { id: saved.id };
  });
}

/** Forgets a browser of this user, known or not. */
export async function unsubscribe(userId: string, endpoint: string): Promise<void> {
  await db().$executeRaw`DELETE FROM push_subscriptions WHERE user_id = ${userId} AND endpoint = ${endpoint}`;
}

/** The key that a browser needs to subscribe (null where push is not set up), and which of them have. */
export async function listSubscriptions(userId: string) {
  const items = await db().$queryRaw<{ id: string; endpoint: string; createdAt: Date }[]>`
    SELECT id, endpoint, created_at AS "createdAt" FROM push_subscriptions WHERE user_id = ${userId} ORDER BY created_at, id`;
  return { publicKey: pushEnv()?.VAPID_PUBLIC_KEY ?? null, items };
}

export async function subscriptionsOf(userId: string): Promise<PushTarget[]> {
  return db().$queryRaw<PushTarget[]>`
    SELECT id, endpoint, p256dh, auth FROM push_subscriptions WHERE user_id = ${userId} ORDER BY created_at, id`;
}

/** The push service says that there is nobody any more. */
export async function forgetSubscription(id: string): Promise<void> {
  await db().$executeRaw`DELETE FROM push_subscriptions WHERE id = ${id}`;
}

/** The guard speaks of a url; here the field is called endpoint. */
function named(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const errors = error.errors.map(({ message }) => ({ path: "endpoint", message }));
    throw new AppError(error.code, error.status, error.message, { errors });
  }
}
