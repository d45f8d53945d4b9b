import { DAY, HOUR, MINUTE, now } from "./clock";
import { db, Prisma } from "./db";

/** Every function with a schedule, and how far apart its runs are at most. `health-check` reports the one that fell silent. */
export const CRONS = {
  reconcile: MINUTE,
  "reconcile-ledgers": 15 * MINUTE,
  "resume-work": 10 * MINUTE,
  "health-check": HOUR,
  "daily-digest": DAY,
  "daily-report": DAY,
  "billing-cycle": 6 * HOUR,
  "cleanup-old-data": 7 * DAY,
} as const;

export type CronName = keyof typeof CRONS;

/**
 * Notes that a scheduled function runs: call it within the function's first step, before anything that can fail, so that a
 * cron that fires and fails is told from one that does not fire. Repeating it is harmless.
 *
 * A new cron adds itself to `CRONS` and then does
 * `step.run("…", async () => { await recordHeartbeat("daily-digest", runId); return work(); })`.
 */
export async function recordHeartbeat(name: CronName, runId: string): Promise<void> {
  await db().$executeRaw(heartbeatUpsert(name, runId));
}

/** Notes of every cron that has never run that it is expected from now on, so that one that never fires is missed too. */
export async function ensureHeartbeats(): Promise<void> {
  await db().$executeRaw`
    INSERT INTO cron_heartbeats (name, at, interval_ms)
    SELECT c.name, ${now()}, c.interval FROM jsonb_to_recordset(${JSON.stringify(
      Object.entries(CRONS).map(([name, interval]) => ({ name, interval })),
    )}::jsonb) AS c(name text, interval bigint) ON CONFLICT (name) DO NOTHING`;
}

export interface Heartbeat {
  name: string;
  at: Date;
  intervalMs: number;
}

/** A run takes a while, and may wait for its turn. */
const GRACE = 10 * MINUTE;

/** The crons that have missed two runs in a row. Pure. */
export function overdueHeartbeats(heartbeats: Heartbeat[], at: Date): Heartbeat[] {
  return heartbeats.filter((heartbeat) => at.getTime() - heartbeat.at.getTime() > 2 * heartbeat.intervalMs + GRACE);
}

/** The statement of `recordHeartbeat`, for a first step that is one statement itself. */
export function heartbeatUpsert(name: CronName, runId: string, at = now()): Prisma.Sql {
  return Prisma.sql`INSERT INTO cron_heartbeats AS heartbeat (name, at, run_id, interval_ms)
    VALUES (${name}, ${at}::timestamptz, ${runId}, ${CRONS[name]})
    ON CONFLICT (name) DO UPDATE SET at = greatest(heartbeat.at, excluded.at), run_id = excluded.run_id, interval_ms = excluded.interval_ms`;
}
