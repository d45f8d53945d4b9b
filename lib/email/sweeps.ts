import { raiseAlert } from "../alerts";
import { ago, MINUTE } from "../clock";
import { db, Prisma } from "../db";
import type { Sweep } from "../sweep";
import { deliverEmail } from "./deliver-email";
import { MAX_EMAIL_AGE_MS } from "./send-email";

/** Within this time, the run or request that stored an email sends it or acquires a slot. */
const EMAIL_GRACE_MS = 10 * MINUTE;

export const queuedEmails: Sweep = {
  name: "queued-emails",
  description: "Sends emails that are stored and not sent, and that do not wait for their slot at the provider.",
  intervalMs: MINUTE,
  find: (at) => Prisma.sql`
    SELECT id FROM emails WHERE status = 'queued' AND created_at BETWEEN ${ago(MAX_EMAIL_AGE_MS, at)} AND ${ago(EMAIL_GRACE_MS, at)}
      AND (send_at IS NULL OR send_at <= ${ago(EMAIL_GRACE_MS, at)})
    ORDER BY created_at`,
  repair: deliverEmail,
};

export const expiredEmails: Sweep = {
  name: "expired-emails",
  description: "Fails emails that could not be sent for 20 hours, and alerts the operators.",
  intervalMs: MINUTE,
  limit: 10_000,
  find: (at) => Prisma.sql`
    SELECT id FROM emails WHERE status = 'queued' AND created_at < ${ago(MAX_EMAIL_AGE_MS, at)} ORDER BY created_at, id`,
  repairAll: failExpiredEmails,
};

/** One alert for all emails of a round. It is raised before the status changes, because the sweep does not find failed emails. */
async function failExpiredEmails(ids: string[]): Promise<number> {
  const [first = ""] = ids;
  const kinds = await db().email.findMany({ where: { id: { in: ids } }, distinct: ["kind"], select: { kind: true } });
  await raiseAlert({
    kind: "emails_expired",
    incident: `emails-expired:${first}`,
    subject: `${ids.length === 1 ? "An email" : `${ids.length} emails`} could not be sent for 20 hours`,
    detail: { emails: ids.length, first, kinds: kinds.map(({ kind }) => kind) },
  });
  return db().$executeRaw`
    UPDATE emails SET status = 'failed', error = 'Expired after 20 hours. ' || coalesce(error, '') WHERE id = ANY(${ids}) AND status = 'queued'`;
}
