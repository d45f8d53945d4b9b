import { db } from "../db";
import { operatorAlert } from "../email/alert-mail";
import { sendMail } from "../email/send-mail";
import { emailEnv } from "../env";

/** Mails alerts to the operators, each once. */
export async function sendAlerts(alertIds: string[]): Promise<number> {
  const alerts = await db().$queryRaw<{ id: string; subject: string; detail: unknown }[]>`
    SELECT id, subject, detail FROM alerts WHERE id = ANY(${alertIds})`;
  for (const alert of alerts)
    await sendMail({ kind: "alert", entityId: alert.id, to: emailEnv().MAIL_OPERATORS }, () => operatorAlert(alert));
  return alerts.length;
}
