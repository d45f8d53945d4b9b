import { ago, DAY, MINUTE } from "../clock";
import { db, Prisma } from "../db";
import { triggerUserRegistration } from "../inngest";
import type { Sweep } from "../sweep";

/** The request that created a user has published the event by then. */
const PUBLISH_GRACE_MS = MINUTE;

/** better-auth creates the user in its own transaction, before the event. The process can crash between the two. */
export const unpublishedRegistrations: Sweep = {
  name: "unpublished-registrations",
  description: "Publishes user/registered for new accounts whose request crashed before it did.",
  intervalMs: 10 * MINUTE,
  find: (at) => Prisma.sql`
    SELECT a.user_id AS id FROM accounts a
    WHERE a.created_at BETWEEN ${ago(DAY, at)} AND ${ago(PUBLISH_GRACE_MS, at)}
      AND NOT EXISTS (SELECT 1 FROM outbox s WHERE s.id = 'user-registered:' || a.user_id)`,
  async repair(userId) {
    const user = await db().user.findUnique({ where: { id: userId }, select: { email: true, name: true } });
    if (user) await triggerUserRegistration({ userId, ...user });
  },
};
