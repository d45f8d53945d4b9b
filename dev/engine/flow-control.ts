import type { Table } from "../shared/store";
import { keyOf } from "./expression";
import type { EventPayload, Fn, Rate, Run } from "./model";

/**
 * The generic cell rate algorithm: `capacity` starts are allowed at once, then one each `period / limit`
 * (server: pkg/constraintapi/lua/helper/gcra.lua). `table` holds the theoretical arrival time of each key.
 * Counts the start and returns undefined when it is allowed; otherwise returns the time of the next attempt.
 */
export function applyRateLimit(table: Table<number>, key: string, rate: Rate, now: number): number | undefined {
  const emission = rate.period / rate.limit;
  const arrival = Math.max(table.get(key) ?? now, now) + emission;
  const allowedAt = arrival - emission * rate.capacity;
  if (now < allowedAt) return Math.ceil(allowedAt);
  table.put(key, arrival);
  return undefined;
}

/** One concurrency limit that a run's calls count against. */
export interface Slot {
  key: string;
  limit: number;
}

/**
 * The concurrency slots of a run's calls, or of the run itself. A limit without a key is the function's; scopes `env` and `account`
 * are shared by every function whose key has the same value (server: pkg/inngest/concurrency.go). A limit of 0 means none.
 */
export function slotsOf(fn: Fn, event: EventPayload, ofRun: boolean): Slot[] {
  return fn.concurrency
    .filter(({ limit, scope }) => limit > 0 && (scope === "run") === ofRun)
    .map(({ limit, key, scope }) => {
      const shared = scope === "env" || scope === "account";
      const owner = shared ? scope : `${scope}:${fn.id}`;
      if (key === undefined) return { key: owner, limit };
      const value = evaluated(key, event);
      return { key: `${owner}:${shared ? "" : key}:${value}`, limit };
    });
}

/** The key of the throttle that applies to the start of a run. */
export function throttleKey(fn: Fn, event: EventPayload): string | undefined {
  if (!fn.throttle) return undefined;
  const { key } = fn.throttle;
  return `throttle:${fn.id}${key === undefined ? "" : `:${evaluated(key, event)}`}`;
}

/** Whether a run has not made its first call. */
export const isStarting = (run: Run): boolean => run.startedAt === undefined;

function evaluated(key: string, event: EventPayload): string {
  try {
    return keyOf(key, event);
  } catch {
    return "";
  }
}
