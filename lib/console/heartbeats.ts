import { after, now } from "../clock";
import { db } from "../db";
import { CRONS, type CronName, type Heartbeat, overdueHeartbeats } from "../heartbeats";

/** A scheduled function as an operator wants to know it. */
export interface CronStatus {
  name: CronName;
  /** How far apart its runs are at most, in ms. */
  intervalMs: number;
  /** Null when it has never run. */
  lastRun: Date | null;
  /** When it runs next at the latest; null until it is known to be expected at all. */
  dueBy: Date | null;
  /** It has missed two runs in a row. */
  late: boolean;
}

/** Every scheduled function, the most frequent first. */
export async function listCronStatuses(): Promise<CronStatus[]> {
  const heartbeats = await db().$queryRaw<(Heartbeat & { ran: boolean })[]>`
    SELECT name, at, interval_ms::float8 AS "intervalMs", run_id IS NOT NULL AS ran FROM cron_heartbeats`;
  const late = overdueHeartbeats(heartbeats, now());
  return Object.entries(CRONS).map(([name, intervalMs]) => {
    const heartbeat = heartbeats.find((one) => one.name === name);
    return {
      name: name as CronName,
      intervalMs,
      lastRun: heartbeat?.ran ? heartbeat.at : null,
      dueBy: heartbeat ? after(intervalMs, heartbeat.at) : null,
      late: late.some((one) => one.name === name),
    };
  });
}
