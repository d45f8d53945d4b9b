import { ago, DAY, MINUTE, now } from "../clock";
import { Prisma, type Tx, transaction } from "../db";
import { profileEvent, registrationEvent } from "../inngest";
import { withOutbox } from "../outbox";
import type { Sweep } from "../sweep";

/**
 * Completes the registration of a user whose address is verified, once: publishes `user/registered`, with which emails and the
 * search index start, and joins the orders that were placed with this address as a guest.
 */
export async function completeRegistration(userId: string): Promise<void> {
  const at = now();
  await withOutbox(async (tx, publish) => {
    const [user] = await tx.$queryRaw<{ email: string; name: string }[]>`
      UPDATE users SET verified_at = ${at}, updated_at = ${at}
      WHERE id = ${userId} AND email_verified AND verified_at IS NULL RETURNING email, name`;
    if (!user) return;
    await joinGuestOrders(tx, userId);
    publish(registrationEvent({ userId, ...user }));
  });
}

/**
 * Completes the change of a user's address: the links that were sent to the former one end, as do all sessions.
 * What its owner has unsubscribed from stays unsubscribed, and the new address joins its guest orders.
 */
export async function completeEmailChange(userId: string, formerEmail: string): Promise<void> {
  const at = now();
  await withOutbox(async (tx, publish) => {
    await tx.verification.deleteMany({ where: { value: userId } });
    await tx.session.deleteMany({ where: { userId } });
    await tx.$executeRaw`
      INSERT INTO email_preferences (address, category, wanted, updated_at)
      SELECT u.email, p.category, p.wanted, ${at} FROM email_preferences p, users u
      WHERE p.address = lower(${formerEmail}) AND NOT p.wanted AND u.id = ${userId}
      ON CONFLICT (address, category) DO UPDATE SET wanted = false, updated_at = excluded.updated_at`;
    await joinGuestOrders(tx, userId);
    publish(profileEvent(userId, `email:${at.getTime()}`));
  });
}

/** Makes a verified user the owner of the orders that a guest placed with the same address. */
async function joinGuestOrders(tx: Tx, userId: string): Promise<void> {
  const user = await tx.user.findUnique({ where: { id: userId, emailVerified: true }, select: { email: true } });
  if (user) await tx.order.updateMany({ where: { email: user.email, userId: null }, data: { userId } });
}

/**
 * Verifies the address of a user who has reset the password with a link from its mailbox. An account that was not verified may
 * have been made by somebody else, so nothing stays that it has subscribed to.
 */
export async function verifyByReset(userId: string): Promise<void> {
  await transaction(async (tx) => {
    const { count } = await tx.user.updateMany({
      where: { id: userId, emailVerified: false },
      data: { emailVerified: true, updatedAt: now() },
    });
    if (count === 0) return;
    await tx.webhookEndpoint.deleteMany({ where: { userId } });
    await tx.pushSubscription.deleteMany({ where: { userId } });
    await tx.profile.deleteMany({ where: { userId } });
  });
  await completeRegistration(userId);
}

/** The request that verified a user has completed the registration by then. */
const COMPLETE_GRACE_MS = MINUTE;

/** better-auth verifies the address in its own transaction, before the registration. The process can crash between the two. */
export const incompleteRegistrations: Sweep = {
  name: "incomplete-registrations",
  description: "Completes the registration of verified users whose request crashed before it did.",
  intervalMs: 10 * MINUTE,
  find: (at) => Prisma.sql`
    SELECT u.id FROM users u
    WHERE u.email_verified AND u.verified_at IS NULL AND u.updated_at BETWEEN ${ago(DAY, at)} AND ${ago(COMPLETE_GRACE_MS, at)}
      AND EXISTS (SELECT 1 FROM accounts a WHERE a.user_id = u.id)`,
  repair: completeRegistration,
};
