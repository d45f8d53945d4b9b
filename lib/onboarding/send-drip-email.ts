import { db } from "../db";
import { isRefused } from "../email/consent";
import { greetingName } from "../email/customer-text";
import { sendEmail } from "../email/send-email";
import { appEnv } from "../env";
import { chooseSubject, recordExposure } from "../experiments/experiments";
import { DRIP_EMAILS, dripEmail } from "./drip-emails";
import { type DripKind, decideDrip } from "./drip-policy";
import { progressOf } from "./progress";

/** The outcome of an email. After `account_deleted` and `suppressed` the campaign ends. */
export type DripOutcome =
  | { outcome: "sent"; emailId: string }
  | { outcome: "skipped"; reason: string }
  | { outcome: "account_deleted" | "suppressed" };

/**
 * Sends an email of the campaign once, unless the user has been deleted, has refused it, or has already done what it suggests.
 * In the first and the last case an email that is queued and could not be sent yet is cancelled.
 * @throws AppError `email_unavailable`, with `retry`
 */
export async function sendDripEmail(userId: string, kind: DripKind): Promise<DripOutcome> {
  const emailKind = `drip_${kind}` as const;
  const user = await db().user.findUnique({ where: { id: userId }, select: { email: true, name: true } });
  const progress = await progressOf(userId);
  const decision = decideDrip(kind, progress);
  const queued = { kind: emailKind, entityId: userId, status: "queued" as const };
  if (!user || !decision.send) await db().email.updateMany({ where: queued, data: { status: "suppressed" } });
  if (!user) return { outcome: "account_deleted" };
  if (await isRefused(user.email, "product_news")) return { outcome: "suppressed" };
  if (!decision.send) return { outcome: "skipped", reason: decision.reason };

  const { APP_URL } = appEnv();
  const name = greetingName(user.name);
  const { subject, exposure } = await chooseSubject(emailKind, { id: userId, name }, DRIP_EMAILS[kind].subject);
  const reader = { name, progress, activity: decision.activity, shopUrl: APP_URL, accountUrl: `${APP_URL}/account` };
  const emailId = await sendEmail({ kind: emailKind, entityId: userId, to: user.email }, ({ unsubscribe }) =>
    dripEmail(kind, subject, { ...reader, unsubscribe }),
  );
  await recordExposure(exposure, emailId);
  return { outcome: "sent", emailId };
}
