import { addToBatch, isBatched } from "./batch";
import { armCancellations } from "./cancel";
import type { Core } from "./core";
import { debounce } from "./debounce";
import { DAY } from "./duration";
import { evaluate, keyOf } from "./expression";
import type { Fn, Run, StoredEvent } from "./model";
import { take } from "./rate";
import { failInvoke } from "./resume";

interface StartOptions {
  /** What makes a repetition of this start recognisable; none for a rerun. */
  key?: string;
  batchId?: string;
  cron?: string;
  originalRunId?: string;
}

/**
 * An event has triggered `fn`: batches it, drops it as a repetition or by the rate limit, debounces it, or starts a run
 * (server: pkg/execution/runner `initialize`, executor `schedule`).
 */
export function trigger(core: Core, fn: Fn, event: StoredEvent): void {
  const key = event.payload.id;
  if (isBatched(fn, event.payload)) addToBatch(core, fn, event);
  else if (isRepetition(core, fn, key)) return;
  else if (isRateLimited(core, fn, event)) failInvoke(core, event, "invoked function is rate limited");
  else if (fn.debounce) debounce(core, fn, event);
  else start(core, fn, [event], { key });
}

/** Creates a run and queues its first call. Undefined when `key` has started one within 24 hours. */
export function start(core: Core, fn: Fn, events: StoredEvent[], options: StartOptions): Run | undefined {
  const now = core.clock.now();
  if (options.key !== undefined && !once(core, fn, options.key)) return undefined;
  const { key: _, ...origin } = options;
  const run: Run = {
    id: core.newId(),
    fn: fn.id,
    eventIds: events.map((event) => event.id),
    status: "QUEUED",
    queuedAt: now,
    maxAttempts: fn.maxAttempts,
    version: -1,
    forcePlan: false,
    pending: [],
    attempts: [],
    ...origin,
  };
  core.state.putRun(run);
  armCancellations(core, run, fn);
  // An event may ask for a later time; a batch starts when it is full or its time is up.
  const at = options.batchId === undefined ? Math.max(now, events[0]?.payload.ts ?? now) : now;
  core.queue.add({ id: `${run.id}.start`, run: run.id, attempt: 0, at, generation: 0, refused: 0 });
  return run;
}

/** Notes that `key` has reached the function; false when it has in the last 24 hours. */
export function once(core: Core, fn: Fn, key: string): boolean {
  if (isRepetition(core, fn, key)) return false;
  core.state.seen.delete(`${fn.id} ${key}`); // an expired one: the table stays in order of expiry
  core.state.seen.put(`${fn.id} ${key}`, core.clock.now() + DAY);
  return true;
}

/** The same event id starts a function once in 24 hours (server: consts.FunctionIdempotencyPeriod). */
function isRepetition(core: Core, fn: Fn, key: string): boolean {
  const expires = core.state.seen.get(`${fn.id} ${key}`);
  return expires !== undefined && expires > core.clock.now();
}

/** Counts the event against the rate limit. A key that is false exempts it (server: pkg/execution/ratelimit). */
function isRateLimited(core: Core, fn: Fn, event: StoredEvent): boolean {
  if (!fn.rateLimit) return false;
  const { key } = fn.rateLimit;
  if (key !== undefined && evaluate(key, { event: event.payload }) === false) return false;
  const group = key === undefined ? fn.id : `${fn.id}:${keyOf(key, event.payload)}`;
  return take(core.state.rates, `rate:${group}`, fn.rateLimit, core.clock.now()) !== undefined;
}
