import type { Core } from "./core";
import { DAY, parseDeadline, parseDuration } from "./duration";
import { holds } from "./expression";
import { waitError } from "./expression-check";
import { accept, INVOKED } from "./intake";
import { at, isObject } from "./json";
import type { EventPayload, Job, Run, Step, StoredEvent } from "./model";
import { type Op, option } from "./opcode";
import { resolveMeta } from "./sessions";
import { forgetSignal, resumeSleep, resumeWait, timeOutInvoke } from "./steps";
import { waitKey } from "./wait-index";

/** The longest sleep or wait (server: consts.MaxSleepDuration, MaxWaitForEventTimeout). */
const MAX_WAIT_MS = 366 * DAY;

/** Fails the run at once, without retries. */
export class RunError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** The end of a sleep or a timeout; an empty text means now. */
function deadlineOf(text: string, now: number, errorName: string, subject: string, plural: string): number {
  const until = text === "" ? now : parseDeadline(text, now);
  if (until === undefined) throw new RunError(errorName, `"${text}" is neither a duration nor a date.`);
  if (until - now <= MAX_WAIT_MS) return until;
  const message = `${subject} more than one year in the future; ${plural} may last at most one year.`;
  throw new RunError("InngestErrTimeoutTooLong", message);
}

/** Sleeps for a duration or until a date. An empty value ends at once (server: opcode.go `SleepDuration`). */
export function sleep(core: Core, run: Run, step: Step, op: Op): void {
  if (step.until !== undefined || step.result) return;
  const now = core.clock.now();
  const text = option(op, "duration") || op.name;
  const until = deadlineOf(text, now, "InvalidSleep", `The sleep "${text}" ends`, "sleeps");
  step.status = "SLEEPING";
  step.until = Math.max(until, now);
  core.state.putStep(step);
  scheduleStep(core, run, step);
}

/** The call that a job makes now. */
export const callId = ({ id, generation }: Job): string => `${id}.${generation}`;

/**
 * Waits for a future event; earlier events do not count (server: `handleGeneratorWaitForEvent`). On the server an event needs longer
 * to arrive than the rest of a call, so that a wait gets what `step.sendEvent` has sent just before it in the same call.
 */
export function waitForEvent(core: Core, run: Run, job: Job, step: Step, op: Op): void {
  if (step.wait || step.result) return;
  const now = core.clock.now();
  const event = option(op, "event") || op.name;
  const condition = option(op, "if");
  const trigger = core.state.eventsOf(run)[0]?.payload ?? {};
  const problem = condition === undefined ? undefined : waitError(condition, trigger);
  if (problem !== undefined)
    throw new RunError("InvalidExpression", `Wait for event If expression failed to compile: ${problem}`);
  const text = option(op, "timeout") ?? "";
  const until = deadlineOf(text, now, "InvalidTimeout", `The wait-for-event timeout "${text}" expires`, "timeouts");
  step.status = "WAITING";
  step.until = Math.max(until, now);
  step.wait = { event, ...(condition === undefined ? {} : { if: condition }) };
  core.state.putStep(step);
  scheduleStep(core, run, step);
  const sent = eventsJustSent(core, run, job).find(({ payload }) => isAwaited(core, run, step, payload));
  if (sent) resumeWait(core, run, step, sent.payload);
}

/** The events that the last step of the run has sent, in the call that goes on now. */
function eventsJustSent(core: Core, run: Run, job: Job): StoredEvent[] {
  const last = core.state.stepsOf(run.id).get(core.state.stackOf(run.id).at(-1) ?? "");
  if (last?.op !== "step.sendEvent" || last.reportedBy !== callId(job) || last.result?.type !== "data") return [];
  const ids = at(last.result.data, "ids");
  return Array.isArray(ids) ? ids.flatMap((id) => core.state.events.get(String(id)) ?? []) : [];
}

/** Whether the event ends the step's wait. */
export function isAwaited(core: Core, run: Run, { wait }: Step, event: EventPayload): boolean {
  const trigger = core.state.eventsOf(run)[0]?.payload;
  if (!wait || !trigger || wait.event !== event.name) return false;
  return wait.if === undefined || holds(wait.if, { event: trigger, async: event });
}

/**
 * Waits for a signal, which one step at a time may wait for. `conflict` decides about a second one: "replace" takes the signal over,
 * and the earlier step only times out (server: `handleGeneratorWaitForSignal`).
 */
export function waitForSignal(core: Core, run: Run, step: Step, op: Op): void {
  if (step.signal !== undefined || step.result || step.status === "WAITING") return;
  const now = core.clock.now();
  const signal = option(op, "signal") || op.name;
  if (signal === "") throw new RunError("Error", "signal name is empty");
  const holder = core.signals.get(signal);
  if (holder && option(op, "conflict") !== "replace")
    throw new RunError("Error", "Signal conflict; signal wait already exists for another run");
  const replaced = holder && core.state.stepsOf(holder.run).get(holder.step);
  if (replaced) forgetSignal(core, replaced);
  const text = option(op, "timeout") ?? "";
  const until = text === "" ? now + 365 * DAY : parseDeadline(text, now);
  if (until === undefined) throw new RunError("InvalidTimeout", `"${text}" is neither a duration nor a date.`);
  step.status = "WAITING";
  step.until = Math.max(until, now);
  step.signal = signal;
  core.state.putStep(step);
  scheduleStep(core, run, step);
}

/** Sends the event that starts the invoked function, and waits for its end (server: `handleGeneratorInvokeFunction`). */
export function invokeFunction(core: Core, run: Run, step: Step, op: Op): void {
  if (step.invoke || step.result) return;
  const now = core.clock.now();
  const fn = option(op, "function_id") ?? "";
  const text = option(op, "timeout") ?? "";
  const payload = isObject(op.opts.payload) ? op.opts.payload : {};
  const data = isObject(payload.data) ? payload.data : {};
  const meta = resolveMeta(payload.meta);
  if (typeof meta === "string") throw new RunError("Error", `invalid step.invoke sessions: ${meta}`);
  const correlationId = `${run.id}.${step.id}`;
  step.status = "WAITING";
  step.until = text === "" ? now + 365 * DAY : (parseDeadline(text, now) ?? now + (parseDuration(text) ?? 0));
  step.invoke = { fn, correlationId };
  step.input = data;
  core.state.putStep(step);
  scheduleStep(core, run, step);
  accept(core, {
    id: core.newId(),
    name: INVOKED,
    data: { ...data, _inngest: { fn_id: fn, correlation_id: correlationId, source_fn_id: run.fn } },
    ts: now,
    user: isObject(payload.user) ? payload.user : {},
    ...(meta ? { meta } : {}),
    ...(typeof payload.v === "string" ? { v: payload.v } : {}),
  });
}

/** Sets the timer of a step that sleeps or waits, and registers the event that it waits for. */
export function scheduleStep(core: Core, run: Run, step: Step): void {
  if (step.result || step.until === undefined || step.status === "RETRYING") return;
  core.timers.set(`step:${run.id}/${step.id}`, step.until, () => {
    if (step.invoke) timeOutInvoke(core, run, step);
    else if (step.status === "WAITING") resumeWait(core, run, step, null);
    else resumeSleep(core, run, step);
  });
  if (step.signal !== undefined) core.signals.set(step.signal, { run: run.id, step: step.id });
  const trigger = core.state.eventsOf(run)[0]?.payload;
  if (!step.wait || !trigger) return;
  core.waits.add({
    id: `${run.id}/${step.id}`,
    run: run.id,
    step: step.id,
    event: step.wait.event,
    key: waitKey(step.wait.if, trigger),
  });
}
