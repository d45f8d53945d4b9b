import { ago, DAY, HOUR, MINUTE, now } from "./clock";
import { db, Prisma } from "./db";
import { reconcileEnv } from "./env";

/** The longest time between two runs of each scheduled function, in ms. `health-check` reports a function that stops. */
const CRONS = {
  reconcile: () => reconcileEnv().RECONCILE_EVERY_MINUTES * MINUTE,
  "check-invariants": () => 15 * MINUTE,
  "health-check": () => HOUR,
  "daily-digest": () => DAY,
  "daily-report": () => DAY,
  "billing-cycle": () => 6 * HOUR,
  "cleanup-old-data": () => 7 * DAY,
} as const;

export type CronName = keyof typeof CRONS;

/** Returns every cron with its interval in ms. */
export const crons = (): { name: CronName; intervalMs: number }[] =>
  Object.entries(CRONS).map(([name, interval]) => ({ name: name as CronName, intervalMs: interval() }));

/**
 * Records that a scheduled function runs. Call it in the function's first step, before anything that can fail, so that a cron
 * that fires and fails differs from one that does not fire. Safe to repeat. A new cron adds itself to `CRONS`.
 */
export async function recordHeartbeat(name: CronName, runId: string): Promise<void> {
  await db().$executeRaw(heartbeatUpsert(name, runId));
}

/** Returns the statement of `recordHeartbeat`, as a CTE of a larger statement. */
export function heartbeatUpsert(name: CronName, runId: string, at = now()): Prisma.Sql {
  return Prisma.sql`INSERT INTO cron_heartbeats AS heartbeat (name, at, run_id, interval_ms)
    VALUES (${name}, ${at}::timestamptz, ${runId}, ${CRONS[name]()})
    ON CONFLICT (name) DO UPDATE SET at = greatest(heartbeat.at, excluded.at), run_id = excluded.run_id, interval_ms = excluded.interval_ms`;
}

/** Inserts a heartbeat for each cron that has never run. So a cron that never fires is reported too. */
export async function ensureHeartbeats(): Promise<void> {
  const at = now();
  await db().cronHeartbeat.createMany({ data: crons().map((cron) => ({ ...cron, at })), skipDuplicates: true });
}

/** Returns the last heartbeat of each cron; its `runId` is null if it has never run. */
export const listHeartbeats = () => db().cronHeartbeat.findMany({ orderBy: { name: "asc" } });

export type Heartbeat = Awaited<ReturnType<typeof listHeartbeats>>[number];

/** The tolerance for the duration of a run and its wait in the queue. */
const OVERDUE_GRACE_MS = 10 * MINUTE;

/** Returns the crons that have missed two runs in a row. Pure. */
export function overdueHeartbeats(heartbeats: Heartbeat[], at: Date): Heartbeat[] {
  return heartbeats.filter((heartbeat) => heartbeat.at < ago(2 * heartbeat.intervalMs + OVERDUE_GRACE_MS, at));
}
