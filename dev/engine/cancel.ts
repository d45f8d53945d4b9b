import type { Core } from "./core";
import { DAY, parseDeadline } from "./duration";
import { finish } from "./finish";
import type { Fn, Run } from "./model";
import { waitKey } from "./wait-key";

/** How long a cancelOn without a timeout holds (server: consts.CancelTimeout). */
const CANCEL_VALID = 365 * DAY;

/** Listens for the events that cancel the run and sets its timeouts; also after a restart. */
export function armCancellations(core: Core, run: Run, fn: Fn): void {
  const event = core.state.eventsOf(run)[0]?.payload;
  if (!event) return;
  fn.cancel.forEach((cancel, index) => {
    const expires =
      cancel.timeout === undefined ? run.queuedAt + CANCEL_VALID : parseDeadline(cancel.timeout, run.queuedAt);
    core.cancels.add({
      id: `${run.id}:${index}`,
      run: run.id,
      event: cancel.event,
      if: cancel.if,
      key: waitKey(cancel.if, event),
      expires: expires ?? run.queuedAt,
    });
  });
  if (fn.timeouts.start && run.startedAt === undefined) {
    armTimeout(core, run, "start", run.queuedAt + fn.timeouts.start);
  }
  if (run.startedAt !== undefined) armFinishTimeout(core, run, fn);
}

/** `timeouts.finish` counts from the first call (server: executor `createEagerCancellationForTimeout`). */
export function armFinishTimeout(core: Core, run: Run, fn: Fn): void {
  core.timers.clear(`timeout:start:${run.id}`);
  if (fn.timeouts.finish && run.startedAt !== undefined) {
    armTimeout(core, run, "finish", run.startedAt + fn.timeouts.finish);
  }
}

/** Stops listening for anything that could cancel the run. */
export function disarmCancellations(core: Core, run: Run, fn: Fn | undefined): void {
  for (const index of fn?.cancel.keys() ?? []) core.cancels.remove(`${run.id}:${index}`);
  core.timers.clear(`timeout:start:${run.id}`);
  core.timers.clear(`timeout:finish:${run.id}`);
}

/** Which of the function's timeouts has passed for a run; as they are registered now, not when it began. */
export function overdue(core: Core, run: Run, { timeouts }: Fn): "start" | "finish" | undefined {
  const now = core.clock.now();
  if (run.startedAt === undefined) return timeouts.start && run.queuedAt + timeouts.start <= now ? "start" : undefined;
  return timeouts.finish && run.startedAt + timeouts.finish <= now ? "finish" : undefined;
}

function armTimeout(core: Core, run: Run, kind: "start" | "finish", at: number): void {
  core.timers.set(`timeout:${kind}:${run.id}`, at, () => {
    const fn = core.state.fns.get(run.fn);
    const since = kind === "start" ? run.queuedAt : run.startedAt;
    if (!fn?.timeouts[kind] || since === undefined) return; // no longer asked for
    if (overdue(core, run, fn)) finish(core, run, { status: "CANCELLED", reason: `timeouts.${kind}` });
    else armTimeout(core, run, kind, since + fn.timeouts[kind]);
  });
}
