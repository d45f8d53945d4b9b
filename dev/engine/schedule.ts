import type { Core } from "./core";
import { DAY } from "./duration";
import { evaluate, holds, keyOf } from "./expression";
import { applyRateLimit } from "./flow-control";
import type { Batch, Debounce, EventPayload, Fn, Run, StoredEvent } from "./model";
import { finish, watchCancellations } from "./run-end";
import { failInvoke } from "./steps";

interface StartOptions {
  /** The idempotency key of this start; none for a rerun. */
  key?: string;
  batchId?: string;
  cron?: string;
  originalRunId?: string;
}

/**
 * Handles an event that triggers `fn`: batches it, drops it as a duplicate or by the rate limit, debounces it, or starts a run
 * (server: pkg/execution/runner `initialize`, executor `schedule`).
 */
export function trigger(core: Core, fn: Fn, event: StoredEvent): void {
  const key = event.payload.id;
  if (isBatched(fn, event.payload)) addToBatch(core, fn, event);
  else if (isDuplicate(core, fn, key)) return;
  else if (isRateLimited(core, fn, event)) failInvoke(core, event, "invoked function is rate limited");
  else if (fn.debounce) debounce(core, fn, event);
  else start(core, fn, [event], { key });
}

/** Creates a run and queues its first call. Undefined when `key` has started one within 24 hours, or a singleton runs already. */
export function start(core: Core, fn: Fn, events: StoredEvent[], options: StartOptions): Run | undefined {
  const now = core.clock.now();
  if (options.key !== undefined && !claimKey(core, fn, options.key)) return undefined;
  const singleton = singletonKey(fn, events[0]);
  if (singleton !== undefined && !claimSingleton(core, fn, singleton)) return undefined;
  const priority = priorityOf(fn, events[0]);
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
    ...(priority === 0 ? {} : { priority }),
    ...(singleton === undefined ? {} : { singleton }),
    ...origin,
  };
  core.state.putRun(run);
  if (singleton !== undefined) core.state.singletons.put(singleton, run.id);
  watchCancellations(core, run, fn);
  // An event with a future `ts` starts its run then. A batch starts when it is full or its timeout has passed.
  const at = options.batchId === undefined ? Math.max(now, events[0]?.payload.ts ?? now) : now;
  core.queue.add({ id: `${run.id}.start`, run: run.id, at });
  return run;
}

/** The key of a singleton. A key that is false, or that cannot be evaluated, exempts the run (server: pkg/execution/singleton). */
function singletonKey(fn: Fn, event: StoredEvent | undefined): string | undefined {
  if (!fn.singleton || !event) return undefined;
  const { key } = fn.singleton;
  if (key === undefined) return fn.id;
  try {
    return evaluate(key, { event: event.payload }) === false ? undefined : `${fn.id} ${keyOf(key, event.payload)}`;
  } catch {
    return undefined;
  }
}

/** Cancels the run that has the key, or returns false and leaves it. */
function claimSingleton(core: Core, fn: Fn, key: string): boolean {
  const run = core.state.runs.get(core.state.singletons.get(key) ?? "");
  if (!run) return true;
  if (fn.singleton?.mode !== "cancel") return false;
  finish(core, run, { status: "CANCELLED", reason: "singleton" });
  return true;
}

/** server: consts.PriorityFactorMax; pkg/inngest/function.go `RunPriorityFactor`. */
const MAX_PRIORITY = 12 * 3600;

/** The seconds that the run's calls are earlier. An expression that gives no integer counts as 0. */
function priorityOf(fn: Fn, event: StoredEvent | undefined): number {
  if (fn.priority === undefined || !event) return 0;
  try {
    const value = evaluate(fn.priority, { event: event.payload });
    const seconds = typeof value === "bigint" || typeof value === "number" ? Number(value) : 0;
    return Number.isInteger(seconds) ? Math.max(-MAX_PRIORITY, Math.min(MAX_PRIORITY, seconds)) : 0;
  } catch {
    return 0;
  }
}

/** Records that `key` has reached the function. Returns false if it did so within the last 24 hours. */
function claimKey(core: Core, fn: Fn, key: string): boolean {
  if (isDuplicate(core, fn, key)) return false;
  core.state.seen.delete(`${fn.id} ${key}`); // deletes an expired key, so the table stays in order of expiry
  core.state.seen.put(`${fn.id} ${key}`, core.clock.now() + DAY);
  return true;
}

/** Whether the key has reached the function within 24 hours (server: consts.FunctionIdempotencyPeriod). */
function isDuplicate(core: Core, fn: Fn, key: string): boolean {
  const expires = core.state.seen.get(`${fn.id} ${key}`);
  return expires !== undefined && expires > core.clock.now();
}

/** Counts the event against the rate limit. A key that is false exempts it (server: pkg/execution/ratelimit). */
function isRateLimited(core: Core, fn: Fn, event: StoredEvent): boolean {
  if (!fn.rateLimit) return false;
  const { key } = fn.rateLimit;
  if (key !== undefined && evaluate(key, { event: event.payload }) === false) return false;
  const group = key === undefined ? fn.id : `${fn.id}:${keyOf(key, event.payload)}`;
  return applyRateLimit(core.state.rates, `rate:${group}`, fn.rateLimit, core.clock.now()) !== undefined;
}

/**
 * Delays the function until no event has arrived for its period, at most for the timeout since the first event, then
 * runs it with the last event. An event with an older `ts` than the stored one changes nothing
 * (server: pkg/execution/debounce, updateDebounce.lua).
 */
function debounce(core: Core, fn: Fn, event: StoredEvent): void {
  if (!fn.debounce) return;
  const { period, timeout, key } = fn.debounce;
  const now = core.clock.now();
  const id = `${fn.id}:${key === undefined ? "" : keyOf(key, event.payload)}`;
  const open = core.state.debounces.get(id);
  const latest = open && core.state.events.get(open.eventId);
  if (latest && latest.payload.ts > event.payload.ts) return;
  const deadline = open ? open.deadline : timeout === undefined ? undefined : now + timeout;
  const item: Debounce = {
    id,
    fn: fn.id,
    eventId: event.id,
    at: Math.min(now + period, deadline ?? Number.POSITIVE_INFINITY),
    deadline,
  };
  core.state.debounces.put(id, item);
  scheduleDebounce(core, item);
}

/** Sets the timer that runs the function. */
export function scheduleDebounce(core: Core, item: Debounce): void {
  core.timers.set(`debounce:${item.id}`, item.at, () => {
    core.state.debounces.delete(item.id);
    const fn = core.state.fns.get(item.fn);
    const event = core.state.events.get(item.eventId);
    if (fn && !fn.removed && event) start(core, fn, [event], { key: `debounce ${event.id}` });
  });
}

/** Whether the event joins a batch. An event that fails the batch's `if` starts a separate run at once. */
function isBatched(fn: Fn, event: EventPayload): boolean {
  if (!fn.batch) return false;
  return fn.batch.if === undefined || holds(fn.batch.if, { event });
}

/** Adds the event to the open batch of its key. A full batch or its timeout starts the run (server: pkg/execution/batch). */
function addToBatch(core: Core, fn: Fn, event: StoredEvent): void {
  // Only a repeated request is a duplicate here, known by its seed. The id of an event does not keep it out of a batch.
  if (!fn.batch || !claimKey(core, fn, `batch ${event.id}`)) return;
  const key = `${fn.id}:${fn.batch.key === undefined ? "" : keyOf(fn.batch.key, event.payload)}`;
  let batch = core.state.batches.get(key);
  if (!batch) {
    batch = { id: core.newId(), fn: fn.id, key, eventIds: [], at: core.clock.now() + fn.batch.timeout };
    scheduleBatch(core, batch);
  }
  batch.eventIds.push(event.id);
  core.state.batches.put(key, batch);
  if (batch.eventIds.length >= fn.batch.maxSize) runBatch(core, batch);
}

/** Sets the timer of the batch's timeout. */
export function scheduleBatch(core: Core, batch: Batch): void {
  core.timers.set(`batch:${batch.key}`, batch.at, () => runBatch(core, batch));
}

function runBatch(core: Core, batch: Batch): void {
  core.timers.clear(`batch:${batch.key}`);
  core.state.batches.delete(batch.key);
  const fn = core.state.fns.get(batch.fn);
  const events = batch.eventIds.flatMap((id) => core.state.events.get(id) ?? []);
  if (fn && !fn.removed && events.length > 0) start(core, fn, events, { key: batch.id, batchId: batch.id });
}
