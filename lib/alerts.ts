import { now } from "./clock";
import { db, type Prisma } from "./db";
import { log } from "./log";

export interface NewAlert {
  kind: string;
  /** The id of the incident. An incident that is raised twice is one alert. */
  id: string;
  subject: string;
  detail: Prisma.InputJsonObject;
}

/** Raises an alert for the operators; a sweep emails it. Returns whether it is new. */
export async function raiseAlert({ kind, id, subject, detail }: NewAlert): Promise<boolean> {
  const { count } = await db().alert.createMany({
    data: { id, kind, subject, detail, createdAt: now() },
    skipDuplicates: true,
  });
  if (count === 1) log.error({ kind, id, detail }, subject);
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

/** Resolves all open alerts of a kind. */
export const resolveAlerts = (kind: string): Promise<unknown> => resolve({ kind });

/** Resolves one alert. */
export const resolveAlert = (id: string): Promise<unknown> => resolve({ id });

const resolve = (which: Prisma.AlertWhereInput): Promise<unknown> =>
  db().alert.updateMany({ where: { ...which, resolvedAt: null }, data: { resolvedAt: now() } });
