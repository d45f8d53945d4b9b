import { MINUTE } from "../clock";
import { db, Prisma } from "../db";
import { sendEmail } from "../email/send-email";
import { emailEnv } from "../env";
import type { Sweep } from "../sweep";
import { operatorAlert } from "./health-emails";

export const newAlerts: Sweep = {
  name: "new-alerts",
  description: "Emails new alerts to the operators.",
  intervalMs: MINUTE,
  find: () => Prisma.sql`
    SELECT a.id FROM alerts a
    WHERE a.resolved_at IS NULL AND NOT EXISTS (SELECT 1 FROM emails m WHERE m.kind = 'alert' AND m.entity_id = a.id) ORDER BY a.created_at`,
  repair: sendAlert,
};

/** Emails an alert to the operators, once. */
export async function sendAlert(id: string): Promise<void> {
  const alert = await db().alert.findUnique({ where: { id }, select: { subject: true, detail: true } });
  if (alert)
    await sendEmail({ kind: "alert", entityId: id, to: emailEnv().MAIL_OPERATORS }, () => operatorAlert(alert));
}
