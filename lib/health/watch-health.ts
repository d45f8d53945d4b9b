import { openAlertKinds, raiseAlert, resolveAlerts } from "../alerts";
import { ago, DAY, now } from "../clock";
import { db } from "../db";
import { sendEmail } from "../email/send-email";
import { emailEnv } from "../env";
import { messageOf } from "../errors";
import { ensureHeartbeats, recordHeartbeat } from "../heartbeats";
import { operatorAlert } from "./alert-email";
import { checkHealth } from "./check-health";
import { healthRecovered } from "./health-emails";
import { sendUrgentEmail } from "./send-urgent-email";
import { sendAlert } from "./sweeps";

/** What is wrong, by the name of the check; empty when all is well. */
export type Failing = { check: string; detail: string }[];

/** Looks at everything and leaves the cron's heartbeat. Where the database is away it says so instead of failing. */
export async function recordHealth(runId: string): Promise<Failing> {
  const unwritten = await recordHeartbeat("health-check", runId)
    .then(ensureHeartbeats)
    .then(() => undefined, messageOf);
  const { checks } = await checkHealth();
  const failing = Object.entries(checks).flatMap(([check, { status, detail = "" }]) =>
    status === "failing" ? [{ check, detail }] : [],
  );
  if (unwritten !== undefined && checks.database.status === "ok")
    failing.push({ check: "database", detail: unwritten });
  return failing;
}

const kindOf = (check: string) => `health_${check}`;

/** Opens an incident for what has begun to fail, and ends those that are over. Any number of runs may find the same. */
export async function updateIncidents(failing: Failing, runId: string): Promise<{ begun: string[]; over: string[] }> {
  const open = await openAlertKinds("health_");
  const begun = failing.filter(({ check }) => !open.includes(kindOf(check)));
  for (const { check, detail } of begun)
    await raiseAlert({
      kind: kindOf(check),
      id: `health:${check}:${runId}`,
      subject: `Health: ${check} is failing`,
      detail: { check, detail },
    });
  const over = open.filter((kind) => !failing.some(({ check }) => kindOf(check) === kind));
  for (const kind of over) await resolveAlerts(kind);
  return { begun: begun.map(({ check }) => check), over };
}

interface Incident {
  id: string;
  kind: string;
  createdAt: Date;
  resolvedAt: Date | null;
}

/** Emails the operators what they have not heard: one email when an incident begins, one when it is over. */
export async function notifyIncidents(): Promise<{ begun: number; over: number }> {
  const untold = await db().$queryRaw<Incident[]>`
    SELECT a.id, a.kind, a.created_at AS "createdAt", a.resolved_at AS "resolvedAt" FROM alerts a
    WHERE starts_with(a.kind, 'health_') AND (a.resolved_at IS NULL OR a.resolved_at > ${ago(7 * DAY)})
      AND NOT EXISTS (SELECT 1 FROM emails m WHERE m.entity_id = a.id AND m.status = 'sent'
        AND m.kind = CASE WHEN a.resolved_at IS NULL THEN 'alert' ELSE 'alert_over' END)`;
  const begun = untold.filter(({ resolvedAt }) => resolvedAt === null).map(({ id }) => id);
  for (const id of begun) await sendAlert(id);
  const over = untold.filter(({ resolvedAt }) => resolvedAt !== null);
  for (const { id, kind, createdAt, resolvedAt } of over)
    await sendEmail({ kind: "alert_over", entityId: id, to: emailEnv().MAIL_OPERATORS }, () =>
      healthRecovered(kind.slice(kindOf("").length), createdAt, resolvedAt ?? createdAt),
    );
  return { begun: begun.length, over: over.length };
}

/** Without a database there is nowhere to remember what was told: the provider's keys see to it that it is once a day. Returns when. */
export async function notifyDatabaseDown(failing: Failing): Promise<string> {
  const since = now().toISOString();
  const detail = Object.fromEntries(failing.map(({ check, detail }) => [check, detail]));
  const email = operatorAlert({ subject: "Health: database is failing", detail });
  await sendUrgentEmail(`health-database-down:${since.slice(0, 10)}`, email);
  return since;
}

/** The word that it is back, from the run that saw it come back. */
export async function notifyDatabaseRecovered(since: string, runId: string): Promise<void> {
  await sendUrgentEmail(`health-database-back:${runId}`, healthRecovered("database", new Date(since)));
}
