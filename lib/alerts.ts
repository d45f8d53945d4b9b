import { z } from "zod";
import { now } from "./clock";
import { db, type Prisma, type Tx } from "./db";
import { notFound } from "./errors";
import { newId } from "./ids";
import { log } from "./log";
import { newestFirst, newestFirstPage, pageQuery } from "./pagination";
import { timeSchema } from "./view-schemas";

interface NewAlert {
  kind: string;
  /**
   * Identifies the incident. While its alert is open there is no second one. An incident with a task in the manual queue begins with
   * the task's kind and entity, `refund:ref_1:`, and its alert is resolved with the task.
   */
  incident: string;
  subject: string;
  detail: Prisma.InputJsonObject;
  /** For a fact that stays true, and is found again and again: no second alert after the first one is resolved. */
  once?: boolean;
}

/** Raises an alert for the operators unless the incident has an open one; a sweep emails it. Returns whether it is new. */
export async function raiseAlert({ once = false, ...alert }: NewAlert, tx: Tx = db()): Promise<boolean> {
  if (once && (await tx.alert.count({ where: { incident: alert.incident } })) > 0) return false;
  const { count } = await tx.alert.createMany({
    data: { ...alert, id: newId("alert"), createdAt: now() },
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

/** Resolves the open alerts of a kind, of an incident, one alert, or those of a task in the manual queue. Returns their number. */
export async function resolveAlerts(
  alerts: { kind: string } | { id: string } | { incident: string } | { task: string },
  tx: Tx = db(),
): Promise<number> {
  const where = "task" in alerts ? { incident: { startsWith: `${alerts.task}:` } } : alerts;
  const { count } = await tx.alert.updateMany({ where: { ...where, resolvedAt: null }, data: { resolvedAt: now() } });
  return count;
}

/** Resolves one alert, when an operator has dealt with it. Safe to repeat. @throws AppError `not_found` (404) */
export async function resolveAlert(id: string): Promise<void> {
  if ((await resolveAlerts({ id })) === 0 && (await db().alert.count({ where: { id } })) === 0) throw notFound("alert");
}

export const alertQuerySchema = pageQuery(20).extend({ status: z.enum(["open", "resolved"]).default("open") });

export const alertViewSchema = z.strictObject({
  ...{ id: z.string(), kind: z.string(), incident: z.string(), subject: z.string() },
  ...{ detail: z.unknown(), createdAt: timeSchema, resolvedAt: timeSchema.nullable() },
});

/** Returns a page of the open alerts, or of the resolved ones, the newest first. */
export async function listAlerts({ status, ...page }: z.output<typeof alertQuerySchema>) {
  const { where, ...query } = newestFirst(page);
  const rows = await db().alert.findMany({
    where: { ...where, resolvedAt: status === "open" ? null : { not: null } },
    ...query,
  });
  return newestFirstPage(rows, page.limit, (row) => row);
}
