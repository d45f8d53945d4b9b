import { db } from "../db";
import { sendEmail } from "../email/send-email";
import { emailEnv } from "../env";
import { operatorAlert } from "./alert-email";

/** Emails alerts to the operators, each once. */
export async function sendAlerts(alertIds: string[]): Promise<number> {
  const alerts = await db().$queryRaw<{ id: string; subject: string; detail: unknown }[]>`
    SELECT id, subject, detail FROM alerts WHERE id = ANY(${alertIds})`;
  for (const alert of alerts)
    await sendEmail({ kind: "alert", entityId: alert.id, to: emailEnv().MAIL_OPERATORS }, () => operatorAlert(alert));
  return alerts.length;
}
