import type { Core } from "./core";
import { DAY } from "./duration";
import { at, type Json } from "./json";
import type { EventPayload, Job, Run, Step, StoredEvent } from "./model";

/** From this execution version on the SDK expects one discovery per parallel group instead of one per step. */
const COALESCING_VERSION = 2;

/** Stores a step's result and returns true. Returns false, and keeps the first result, when the step has one. */
export function saveResult(
  core: Core,
  run: Run,
  step: Step,
  result: NonNullable<Step["result"]>,
  status: Step["status"],
): boolean {
  if (step.result) return false;
  step.result = result;
  step.status = status;
  step.endedAt = step.attempts.at(-1)?.endedAt ?? core.clock.now();
  const stack = core.state.stackOf(run.id);
  step.place = stack.length;
  stack.push(step.id);
  core.state.putStep(step);
  if (run.pending.includes(step.id)) {
    run.pending = run.pending.filter((id) => id !== step.id);
    core.state.putRun(run);
  }
  return true;
}

/**
 * Calls the function again unless other parallel steps are pending. Race groups do not wait for them
 * (server: executor `maybeEnqueueDiscoveryStep`, `shouldEnqueueDiscovery`).
 */
export function continueRun(core: Core, run: Run, step: Step): void {
  if (run.pending.length > 0 && !step.race && run.version >= COALESCING_VERSION) return;
  // After a sleep the server reads the flag before it resets it, so one more call carries it.
  const planned = run.forcePlan && step.op === "Sleep";
  if (run.forcePlan && run.version >= COALESCING_VERSION) {
    run.forcePlan = false;
    core.state.putRun(run);
  }
  core.queue.add({ id: `${run.id}.${step.id}`, run: run.id, after: step.id, ...(planned ? { planned } : {}) });
}

/** Ends a waitForEvent with the event, or with null when it timed out. */
export function resumeWait(core: Core, run: Run, step: Step, event: EventPayload | null): void {
  end(core, run, step, { type: "bare", data: event }, event === null ? "TIMED_OUT" : "COMPLETED");
}

/** Ends a waitForSignal with the signal's data. */
export function resumeSignal(core: Core, run: Run, step: Step, signal: string, data: Json): void {
  end(core, run, step, { type: "data", data: { signal, data } }, "COMPLETED");
}

/** From now on a signal does not end the step. */
export function forgetSignal(core: Core, step: Step): void {
  if (step.signal === undefined) return;
  core.signals.delete(step.signal);
  delete step.signal;
  core.state.putStep(step);
}

/** Ends a `step.fetch` with the response, or with an error when the attempts are used up. */
export function resumeFetch(core: Core, run: Run, step: Step, result: NonNullable<Step["result"]>): void {
  end(core, run, step, result, result.type === "error" ? "FAILED" : "COMPLETED");
}

/** Ends a sleep. */
export function resumeSleep(core: Core, run: Run, step: Step): void {
  end(core, run, step, { type: "bare", data: null }, "COMPLETED");
}

/**
 * Ends the invoke that `correlationId` (`<run>.<step>`) names with the result or error of the child run. For a cancelled
 * child the step gets the `inngest/function.finished` event itself, as on the server
 * (pkg/execution/state/pause.go, `GetResumeData`).
 */
export function resumeInvoke(
  core: Core,
  correlationId: string,
  child: { id: string },
  result: { status: string; output?: Json; error?: Json },
  finished?: EventPayload,
): void {
  const [runId = "", stepId = ""] = correlationId.split(".");
  const run = core.state.runs.get(runId);
  const step = core.state.stepsOf(runId).get(stepId);
  if (!run || !step?.invoke || step.result) return;
  step.invoke.run = child.id;
  if (result.error) {
    end(core, run, step, { type: "error", error: result.error }, "FAILED");
    return;
  }
  const data = result.output ?? null;
  const isDone = result.status === "COMPLETED";
  end(core, run, step, isDone ? { type: "data", data } : { type: "bare", data: finished ?? null }, "COMPLETED");
}

/** Fails the step whose invocation was not possible. Does nothing for other events. */
export function failInvoke(core: Core, event: StoredEvent, message: string): void {
  const correlationId = at(event.payload, "data._inngest.correlation_id");
  if (typeof correlationId !== "string") return;
  resumeInvoke(core, correlationId, { id: "" }, { status: "FAILED", error: { name: "Error", message } });
}

/** Fails an invoke whose child did not end in time. The child continues. */
export function timeOutInvoke(core: Core, run: Run, step: Step): void {
  const error = {
    name: "InngestInvokeTimeoutError",
    message: "Timed out waiting for invoked function to complete",
  };
  end(core, run, step, { type: "error", error }, "TIMED_OUT");
}

function end(core: Core, run: Run, step: Step, result: NonNullable<Step["result"]>, status: Step["status"]): void {
  core.timers.clear(`step:${run.id}/${step.id}`);
  core.waits.remove(`${run.id}/${step.id}`);
  forgetSignal(core, step);
  if (saveResult(core, run, step, result, status)) continueRun(core, run, step);
}

const SECOND = 1000;

/** Delays before each retry (server: pkg/backoff/backoff.go). The last one applies to all further retries. */
const BACKOFF = [15, 30, 60, 120, 300, 600, 1200, 2400, 3600, 7200].map((seconds) => seconds * SECOND);
const JITTER = 30 * SECOND;

/** A retry-after is limited to this range (server: consts.MinRetryDuration, MaxRetryDuration). */
const MIN_RETRY_MS = SECOND;
const MAX_RETRY_MS = DAY;

/** Delays while nothing listens at the app's address. */
const UNREACHABLE_DELAYS_MS = [1, 2, 5, 10].map((seconds) => seconds * SECOND);

/** The time of the next attempt: as the app asked, or by the backoff table. */
export function retryAt(core: Core, attempt: number, retryAfter: string | undefined): number {
  const now = core.clock.now();
  const asked = retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, now);
  if (asked !== undefined) return asked;
  const delay = BACKOFF[Math.min(attempt, BACKOFF.length - 1)] ?? 0;
  return now + delay + Math.floor(core.random() * JITTER);
}

/** Parses seconds, counted from the current whole second, or a date (server: pkg/execution/driver/httpdriver/parse.go). */
function parseRetryAfter(text: string, now: number): number | undefined {
  const second = Math.floor(now / SECOND) * SECOND;
  const at = /^[1-9]\d{0,6}$/.test(text) ? second + Number(text) * SECOND : Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  if (at - now < MIN_RETRY_MS) return second + MIN_RETRY_MS;
  return at - now > MAX_RETRY_MS ? second + MAX_RETRY_MS : at;
}

/** Counts the failed attempt and schedules the next one at `at`. */
export function retryJob(core: Core, job: Job, at: number): void {
  core.queue.retry({ ...job, attempt: job.attempt + 1, at });
}

/**
 * Schedules another call to an app that cannot be reached. This does not count as an attempt. Otherwise restarting the
 * app for a minute would use up the retries of every run. (The real server counts it.)
 */
export function retryUnreachable(core: Core, job: Job): void {
  const delay = UNREACHABLE_DELAYS_MS[Math.min(job.refused, UNREACHABLE_DELAYS_MS.length - 1)] ?? 0;
  core.queue.retry({ ...job, refused: job.refused + 1, at: core.clock.now() + delay });
}
