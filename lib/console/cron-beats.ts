import { type Beat, CRONS, type CronName, overdueCrons } from "../beats";
import { after, now } from "../clock";
import { db } from "../db";

/** A scheduled function as an operator wants to know it. */
export interface CronState {
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
export async function listCronStates(): Promise<CronState[]> {
  const beats = await db().$queryRaw<(Beat & { ran: boolean })[]>`
    SELECT name, at, interval_ms::float8 AS "intervalMs", run_id IS NOT NULL AS ran FROM cron_beats`;
  const late = overdueCrons(beats, now());
  return Object.entries(CRONS).map(([name, intervalMs]) => {
    const beat = beats.find((one) => one.name === name);
    return {
      name: name as CronName,
      intervalMs,
      lastRun: beat?.ran ? beat.at : null,
      dueBy: beat ? after(intervalMs, beat.at) : null,
      late: late.some((one) => one.name === name),
    };
  });
}
