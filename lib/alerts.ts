import { now } from "./clock";
import { db, type Prisma } from "./db";
import { log } from "./log";

/** Raises an alert for the operators, once for each incident `id`; a sweep emails it. Returns whether it is new. */
export async function raiseAlert(alert: Omit<Prisma.AlertCreateManyInput, "createdAt">): Promise<boolean> {
  const { count } = await db().alert.createMany({
    data: { ...alert, createdAt: now() },
    skipDuplicates: true,
  });
  const { subject, ...incident } = alert;
  if (count === 1) log.error(incident, subject);
  return count === 1;
}

/** Returns the kinds of open alerts that begin with `prefix`. */
export async function openAlertKinds(prefix: string): Promise<string[]> {
  const open = await db().alert.findMany({
    where: { resolvedAt: null, kind: { startsWith: prefix } },
    distinct: ["kind"],
    select: { kind: true },
  });
  return open.map(({ kind }) => kind);
}

/** Resolves the open alerts of a kind, or one alert. */
export async function resolveAlerts(alerts: { kind: string } | { id: string }): Promise<void> {
  await db().alert.updateMany({ where: { ...alerts, resolvedAt: null }, data: { resolvedAt: now() } });
}
