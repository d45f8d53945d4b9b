import type { Core } from "./core";
import type { Run, Step } from "./model";

/** The version of the execution from which the SDK wants one discovery per parallel group, not one per step. */
const COALESCING = 2;

/**
 * Stores a step's result, once: the first result stays. False when the step had one.
 */
export function save(
  core: Core,
  run: Run,
  step: Step,
  result: NonNullable<Step["result"]>,
  status: Step["status"],
): boolean {
  if (step.result) return false;
  step.result = result;
  step.status = status;
  step.endedAt = core.clock.now();
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
 * Calls the function again, unless other parallel steps are pending; race groups do not wait for them
 * (server: executor `maybeEnqueueDiscoveryStep`, `shouldEnqueueDiscovery`).
 */
export function progress(core: Core, run: Run, step: Step): void {
  if (run.pending.length > 0 && !step.race && run.version >= COALESCING) return;
  // The server reads a run whose sleep has ended before it resets the flag, so that one call still carries it.
  const planned = run.forcePlan && step.op === "Sleep";
  if (run.forcePlan && run.version >= COALESCING) {
    run.forcePlan = false;
    core.state.putRun(run);
  }
  core.queue.add({
    id: `${run.id}.${step.id}`,
    run: run.id,
    after: step.id,
    attempt: 0,
    at: core.clock.now(),
    ...(planned ? { planned } : {}),
    generation: 0,
    refused: 0,
  });
}
