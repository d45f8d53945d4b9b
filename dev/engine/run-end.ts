import type { Core } from "./core";
import { startDefers } from "./defers";
import { DAY, parseDeadline } from "./duration";
import { waitError } from "./expression-check";
import { accept, CANCELLED, FAILED, FINISHED } from "./intake";
import { at, type Json, type JsonObject } from "./json";
import type { EventPayload, Failure, Fn, Run, RunStatus } from "./model";
import { hasEnded } from "./state";
import { forgetSignal, resumeInvoke } from "./steps";
import { waitKey } from "./wait-index";

interface End {
  status: Extract<RunStatus, "COMPLETED" | "FAILED" | "CANCELLED">;
  output?: Json;
  error?: Failure;
  reason?: string;
}

const STATUS_NAMES = { COMPLETED: "Completed", FAILED: "Failed", CANCELLED: "Cancelled" };

/**
 * Ends a run once. Deletes its calls, timers and waits, sends `inngest/function.finished` and `.failed` or `.cancelled`,
 * and continues the run that invoked it (server: pkg/execution/executor/finalize.go).
 */
export function finish(core: Core, run: Run, end: End): void {
  if (hasEnded(run)) return;
  Object.assign(run, end, { endedAt: core.clock.now() });
  for (const job of core.state.jobsOf(run.id)) core.queue.drop(job);
  for (const step of core.state.stepsOf(run.id).values()) {
    core.timers.clear(`step:${run.id}/${step.id}`);
    core.waits.remove(`${run.id}/${step.id}`);
    forgetSignal(core, step);
  }
  if (run.slot !== undefined) core.queue.release(run.slot);
  if (run.singleton !== undefined) core.state.singletons.delete(run.singleton);
  unwatchCancellations(core, run, core.state.fns.get(run.fn));
  core.state.endRun(run);
  core.log(`run ${run.id} ${run.fn} ${run.status.toLowerCase()}${end.error ? `: ${end.error.message}` : ""}`);
  publishEnd(core, run, end);
  startDefers(core, run);
  core.state.deleteOld(core.clock.now());
}

function publishEnd(core: Core, run: Run, end: End): void {
  const now = core.clock.now();
  const events = core.state.eventsOf(run).map((event) => event.payload);
  events.forEach((event, index) => {
    // Handlers of these events must not trigger each other forever.
    if (event.name === FAILED || event.name === FINISHED) return;
    const correlationId = at(event, "data._inngest.correlation_id");
    // A batch reports its first event, and each event that an invocation waits for.
    if (typeof correlationId !== "string" && index > 0) return;
    const data: JsonObject = {
      function_id: run.fn,
      run_id: run.id,
      event,
      events: events.map(withoutEmptyUser),
      ...(end.error ? { error: standardError(end.error) } : {}),
      // The result of a failed run is its error. A cancelled run has none.
      ...(end.status === "CANCELLED" ? {} : { result: end.error ?? end.output ?? null }),
      ...(typeof correlationId === "string" ? { correlation_id: correlationId } : {}),
      _inngest: { status: STATUS_NAMES[end.status] },
    };
    const send = (name: string, id: string) => accept(core, { id, name, data, ts: now, user: {} });
    const finished = send(FINISHED, core.newId());
    if (typeof correlationId === "string") resumeInvoke(core, correlationId, run, end, finished.payload);
    // The event has the run's id, so each handler runs once, however often this is sent.
    if (end.status === "FAILED") send(FAILED, run.id);
    if (end.status === "CANCELLED") send(CANCELLED, run.id);
  });
}

/** The members of an error that events show (server: driver_response.go `StandardError`). The result has all of them. */
function standardError({ name, message, stack, cause }: Failure): Failure {
  return { name, message, ...(stack === undefined ? {} : { stack }), ...(cause === undefined ? {} : { cause }) };
}

/** The server leaves an empty user out of the list of events, but not out of the single event. */
function withoutEmptyUser({ user, ...event }: EventPayload): JsonObject {
  return user && Object.keys(user).length > 0 ? { ...event, user } : event;
}

/** How long a cancelOn without a timeout is valid (server: consts.CancelTimeout). */
const CANCEL_ON_TIMEOUT_MS = 365 * DAY;

/** Watches for the events that cancel the run, and sets its timeouts. */
export function watchCancellations(core: Core, run: Run, fn: Fn): void {
  const event = core.state.eventsOf(run)[0]?.payload;
  if (!event) return;
  fn.cancel.forEach((cancel, index) => {
    if (cancel.if !== undefined && waitError(cancel.if, event) !== undefined) return;
    const expires =
      cancel.timeout === undefined ? run.queuedAt + CANCEL_ON_TIMEOUT_MS : parseDeadline(cancel.timeout, run.queuedAt);
    core.cancels.add({
      id: `${run.id}:${index}`,
      run: run.id,
      event: cancel.event,
      if: cancel.if,
      key: waitKey(cancel.if, event),
      expires: expires ?? run.queuedAt,
    });
  });
  if (fn.timeouts.start && run.startedAt === undefined)
    scheduleTimeout(core, run, "start", run.queuedAt + fn.timeouts.start);
  if (run.startedAt !== undefined) scheduleFinishTimeout(core, run, fn);
}

/** `timeouts.finish` counts from the first call (server: executor `createEagerCancellationForTimeout`). */
export function scheduleFinishTimeout(core: Core, run: Run, fn: Fn): void {
  core.timers.clear(`timeout:start:${run.id}`);
  if (fn.timeouts.finish && run.startedAt !== undefined)
    scheduleTimeout(core, run, "finish", run.startedAt + fn.timeouts.finish);
}

/** Removes the run's cancellations and timeouts. */
function unwatchCancellations(core: Core, run: Run, fn: Fn | undefined): void {
  for (const index of fn?.cancel.keys() ?? []) core.cancels.remove(`${run.id}:${index}`);
  core.timers.clear(`timeout:start:${run.id}`);
  core.timers.clear(`timeout:finish:${run.id}`);
}

/** The timeout that has passed for a run, by the function's current configuration. */
export function overdue(core: Core, run: Run, { timeouts }: Fn): "start" | "finish" | undefined {
  const now = core.clock.now();
  if (run.startedAt === undefined) return timeouts.start && run.queuedAt + timeouts.start <= now ? "start" : undefined;
  return timeouts.finish && run.startedAt + timeouts.finish <= now ? "finish" : undefined;
}

function scheduleTimeout(core: Core, run: Run, kind: "start" | "finish", at: number): void {
  core.timers.set(`timeout:${kind}:${run.id}`, at, () => {
    const fn = core.state.fns.get(run.fn);
    const since = kind === "start" ? run.queuedAt : run.startedAt;
    if (!fn?.timeouts[kind] || since === undefined) return; // removed by a later registration
    if (overdue(core, run, fn)) finish(core, run, { status: "CANCELLED", reason: `timeouts.${kind}` });
    else scheduleTimeout(core, run, kind, since + fn.timeouts[kind]);
  });
}
