import { after, now } from "../clock";
import { type CronName, crons, listHeartbeats, overdueHeartbeats } from "../heartbeats";

/** A scheduled function as an operator sees it. */
export interface CronStatus {
  name: CronName;
  /** The longest time between two runs, in ms. */
  intervalMs: number;
  /** Null if it has never run. */
  lastRun: Date | null;
  /** The latest time of its next run; null if the cron has never been registered. */
  dueBy: Date | null;
  /** It has missed two runs in a row. */
  late: boolean;
}

/** Returns every scheduled function, the most frequent first. */
export async function listCronStatuses(): Promise<CronStatus[]> {
  const heartbeats = await listHeartbeats();
  const late = new Set(overdueHeartbeats(heartbeats, now()).map(({ name }) => name));
  return crons().map(({ name, intervalMs }) => {
    const heartbeat = heartbeats.find((heartbeat) => heartbeat.name === name);
    return {
      name,
      intervalMs,
      lastRun: heartbeat?.runId ? heartbeat.at : null,
      dueBy: heartbeat ? after(intervalMs, heartbeat.at) : null,
      late: late.has(name),
    };
  });
}
