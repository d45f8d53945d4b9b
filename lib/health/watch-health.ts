import { openAlertKinds, raiseAlert, resolveAlerts } from "../alerts";
import { ago, DAY, MINUTE, now } from "../clock";
import { db, Prisma } from "../db";
import { type Composed, renderEmail } from "../email/render-email";
import { sendEmail } from "../email/send-email";
import { resend } from "../email/send-queue";
import { emailEnv } from "../env";
import { AppError, messageOf } from "../errors";
import { ensureHeartbeats, recordHeartbeat } from "../heartbeats";
import type { Sweep } from "../sweep";
import { checkHealth } from "./check-health";
import { healthRecovered, operatorAlert } from "./health-emails";

/** Failing checks with their reasons; empty if all pass. */
export type Failing = { check: string; detail: string }[];

/** Runs every check and records the heartbeat of the cron. A database that is down is a failing check, not an error. */
export async function recordHealth(runId: string): Promise<Failing> {
  const writeError = await recordHeartbeat("health-check", runId)
    .then(ensureHeartbeats)
    .then(() => undefined, messageOf);
  const { checks } = await checkHealth();
  const failing = Object.entries(checks).flatMap(([check, { status, detail = "" }]) =>
    status === "failing" ? [{ check, detail }] : [],
  );
  if (writeError !== undefined && checks.database.status === "ok")
    failing.push({ check: "database", detail: writeError });
  return failing;
}

const kindOf = (check: string) => `health_${check}`;

/** Opens an alert for each check that has started to fail, and resolves those of checks that pass again. Safe to repeat. */
export async function updateIncidents(failing: Failing): Promise<{ opened: string[]; resolved: string[] }> {
  const open = await openAlertKinds("health_");
  const opened = failing.filter(({ check }) => !open.includes(kindOf(check)));
  for (const { check, detail } of opened)
    await raiseAlert({
      kind: kindOf(check),
      incident: kindOf(check),
      subject: `Health: ${check} is failing`,
      detail: { check, detail },
    });
  const resolved = open.filter((kind) => !failing.some(({ check }) => kindOf(check) === kind));
  for (const kind of resolved) await resolveAlerts({ kind });
  return { opened: opened.map(({ check }) => check), resolved };
}

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
async function sendAlert(id: string): Promise<void> {
  const alert = await db().alert.findUnique({ where: { id }, select: { subject: true, detail: true } });
  if (alert)
    await sendEmail({ kind: "alert", entityId: id, to: emailEnv().MAIL_OPERATORS }, () => operatorAlert(alert));
}

/** Emails the operators once when an incident starts, and once when it ends. */
export async function notifyIncidents(): Promise<{ opened: number; resolved: number }> {
  const incidents = await db().$queryRaw<{ id: string; kind: string; createdAt: Date; resolvedAt: Date | null }[]>`
    SELECT a.id, a.kind, a.created_at AS "createdAt", a.resolved_at AS "resolvedAt" FROM alerts a
    WHERE starts_with(a.kind, 'health_') AND (a.resolved_at IS NULL OR a.resolved_at > ${ago(7 * DAY)})
      AND NOT EXISTS (SELECT 1 FROM emails m WHERE m.entity_id = a.id AND m.status = 'sent'
        AND m.kind = CASE WHEN a.resolved_at IS NULL THEN 'alert' ELSE 'alert_over' END)`;
  let resolved = 0;
  for (const { id, kind, createdAt, resolvedAt } of incidents) {
    if (resolvedAt === null) {
      await sendAlert(id);
      continue;
    }
    resolved++;
    await sendEmail({ kind: "alert_over", entityId: id, to: emailEnv().MAIL_OPERATORS }, () =>
      healthRecovered(kind.slice(kindOf("").length), createdAt, resolvedAt),
    );
  }
  return { opened: incidents.length - resolved, resolved };
}

/** Emails the operators that the database is down, once a day by the provider's idempotency key. */
export async function notifyDatabaseDown(failing: Failing): Promise<string> {
  const since = now().toISOString();
  const detail = Object.fromEntries(failing.map(({ check, detail }) => [check, detail]));
  const email = operatorAlert({ subject: "Health: database is failing", detail });
  await sendWithoutDatabase(`health-database-down:${since.slice(0, 10)}`, email);
  return since;
}

/** Emails the operators that the database is up again. */
export async function notifyDatabaseRecovered(since: string, runId: string): Promise<void> {
  await sendWithoutDatabase(`health-database-back:${runId}`, healthRecovered("database", new Date(since)));
}

/**
 * Emails the operators without the database. The provider stores `key` for 24 hours and sends the email once in this time.
 * @throws AppError `email_unavailable`, with `retry`
 */
async function sendWithoutDatabase(key: string, composed: Composed): Promise<void> {
  const { MAIL_FROM, MAIL_OPERATORS, RESEND_TIMEOUT_MS } = emailEnv();
  const email = { from: MAIL_FROM, to: MAIL_OPERATORS, ...(await renderEmail(composed)) };
  const options = { idempotencyKey: key, signal: AbortSignal.timeout(RESEND_TIMEOUT_MS) };
  const { error } = await resend().emails.send(email, options);
  // The provider knows the key with another text, so today's email has been sent.
  if (error && error.name !== "invalid_idempotent_request")
    throw new AppError("email_unavailable", 503, `Email provider: ${error.message}`, { retry: true });
}
