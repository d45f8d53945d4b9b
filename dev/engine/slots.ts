import { keyOf } from "./expression";
import type { EventPayload, Fn, Run } from "./model";

/** One concurrency limit that a run's calls count against. */
export interface Slot {
  key: string;
  limit: number;
}

/**
 * The concurrency slots of a run's calls. A limit without a key is the function's; scopes `env` and `account` are
 * shared by every function whose key has the same value (server: pkg/inngest/concurrency.go). A limit of 0 means none.
 */
export function slotsOf(fn: Fn, event: EventPayload): Slot[] {
  return fn.concurrency
    .filter(({ limit }) => limit > 0)
    .map(({ limit, key, scope }) => {
      const owner = scope === "fn" ? `fn:${fn.id}` : scope;
      if (key === undefined) return { key: owner, limit };
      const value = evaluated(key, event);
      return { key: `${owner}:${scope === "fn" ? key : ""}:${value}`, limit };
    });
}

/** The key under which a run's start is throttled, if it is. */
export function throttleKey(fn: Fn, event: EventPayload): string | undefined {
  if (!fn.throttle) return undefined;
  const { key } = fn.throttle;
  return `throttle:${fn.id}${key === undefined ? "" : `:${evaluated(key, event)}`}`;
}

/** Whether a run has yet to make its first call. */
export const isStarting = (run: Run): boolean => run.startedAt === undefined;

function evaluated(key: string, event: EventPayload): string {
  try {
    return keyOf(key, event);
  } catch {
    return "";
  }
}
