import type { Core } from "./core";
import { holds } from "./expression";
import { at } from "./json";
import type { EventPayload, Fn, StoredEvent } from "./model";
import { isAwaited } from "./ops-async";
import { finish } from "./run-end";
import { trigger } from "./schedule";
import { failInvoke, resumeWait } from "./steps";

/** Names of the events the engine itself sends (server: pkg/event/event.go). */
export const INVOKED = "inngest/function.invoked";
export const FAILED = "inngest/function.failed";
export const FINISHED = "inngest/function.finished";
export const CANCELLED = "inngest/function.cancelled";
export const SCHEDULED = "inngest/scheduled.timer";

/** Stores an event and lets it end waits, cancel runs and start functions. */
export function accept(core: Core, payload: EventPayload, id = core.newId()): StoredEvent {
  const event: StoredEvent = { id, at: core.clock.now(), payload };
  core.state.events.put(id, event);
  endWaits(core, event);
  cancelRuns(core, event);
  if (payload.name === INVOKED) invoke(core, event);
  const patterns = triggerPatterns(payload.name);
  for (const fn of core.state.fns.values()) {
    if (!fn.removed && isTriggered(fn, patterns, payload)) trigger(core, fn, event);
  }
  return event;
}

/** The triggers that match an event: its name, and `prefix/*` or `prefix.*` (server: pkg/event_trigger_patterns). */
export function triggerPatterns(name: string): Set<string> {
  const patterns = new Set([name]);
  for (const delimiter of ["/", "."]) {
    const parts = name.split(delimiter);
    for (let n = 1; n < parts.length; n += 1) patterns.add(`${parts.slice(0, n).join(delimiter)}${delimiter}*`);
  }
  return patterns;
}

function isTriggered(fn: Fn, patterns: Set<string>, event: EventPayload): boolean {
  return fn.triggers.some(
    (one) =>
      one.event !== undefined &&
      patterns.has(one.event) &&
      (one.expression === undefined || holds(one.expression, { event })),
  );
}

function endWaits(core: Core, event: StoredEvent): void {
  for (const wait of core.waits.candidates(event.payload.name, event.payload)) {
    const run = core.state.runs.get(wait.run);
    const step = core.state.stepsOf(wait.run).get(wait.step);
    if (run && step && isAwaited(core, run, step, event.payload)) resumeWait(core, run, step, event.payload);
  }
}

function cancelRuns(core: Core, event: StoredEvent): void {
  for (const wait of core.cancels.candidates(event.payload.name, event.payload)) {
    const run = core.state.runs.get(wait.run);
    const trigger = run && core.state.eventsOf(run)[0]?.payload;
    if (!run || !trigger || wait.expires < core.clock.now()) continue;
    if (wait.if !== undefined && !holds(wait.if, { event: trigger, async: event.payload })) continue;
    finish(core, run, { status: "CANCELLED", reason: `event ${event.payload.name} (${event.id})` });
  }
}

/** Starts the one function an invocation names, by id (server: pkg/execution/runner, `FindInvokedFunction`). */
function invoke(core: Core, event: StoredEvent): void {
  const id = at(event.payload, "data._inngest.fn_id");
  const fn = [...core.state.fns.values()].find((one) => !one.removed && (one.id === id || one.uuid === id));
  if (fn) trigger(core, fn, event);
  else failInvoke(core, event, `could not find function with ID: ${id}`);
}
