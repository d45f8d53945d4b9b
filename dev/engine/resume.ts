import type { Core } from "./core";
import { at, type Json } from "./json";
import type { EventPayload, Run, Step, StoredEvent } from "./model";
import { progress, save } from "./steps";

/** Ends a waitForEvent with the event, or with null when it timed out. */
export function resumeWait(core: Core, run: Run, step: Step, event: EventPayload | null): void {
  end(core, run, step, { type: "bare", data: event }, event === null ? "TIMED_OUT" : "COMPLETED");
}

/** Ends a sleep. */
export function resumeSleep(core: Core, run: Run, step: Step): void {
  end(core, run, step, { type: "bare", data: null }, "COMPLETED");
}

/**
 * Ends the invoke that `correlationId` (`<run>.<step>`) names with what the child run returned or threw. A child that
 * was cancelled did neither; the server then hands over the `inngest/function.finished` event itself
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

/** Fails the step whose invocation could not be carried out; does nothing for other events. */
export function failInvoke(core: Core, event: StoredEvent, message: string): void {
  const correlationId = at(event.payload, "data._inngest.correlation_id");
  if (typeof correlationId !== "string") return;
  resumeInvoke(core, correlationId, { id: "" }, { status: "FAILED", error: { name: "Error", message } });
}

/** Fails an invoke whose child did not end in time; the child goes on. */
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
  if (save(core, run, step, result, status)) progress(core, run, step);
}
