import type { Core } from "./core";
import { isLazy, saveDefer } from "./defers";
import { fetchForStep, inferForStep } from "./gateway";
import type { Job, Run, Step } from "./model";
import { type Op, option } from "./opcode";
import { callId, invokeFunction, RunError, sleep, waitForEvent, waitForSignal } from "./ops-async";
import { finish } from "./run-end";
import { continueRun, retryAt, retryJob, saveResult } from "./steps";

/** Ops per response and steps per run (server: consts.DefaultMaxStepLimit). */
export const MAX_STEPS = 1000;

/** Whether the op only stores something, and does not continue the run. */
const isStored = (op: Op): boolean => isLazy(op) || op.op === "StepRun" || op.op === "Step";

interface Answer {
  noRetry: boolean;
  retryAfter?: string;
  startedAt: number;
}

/** Executes the ops that the SDK reported in answer to `job` (server: executor `HandleGeneratorResponse`). */
export function handleOps(core: Core, run: Run, job: Job, ops: Op[], answer: Answer): void {
  try {
    if (ops.length > MAX_STEPS) throw stepLimitError();
    plan(core, run, ops);
    // Stored results need no call of their own when another op continues the run.
    const continues = !ops.every(isStored);
    for (const op of ops) {
      if (run.endedAt !== undefined) return;
      handleOp(core, run, job, op, answer, continues);
    }
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    finish(core, run, { status: "FAILED", error: { name: error.name, message: error.message } });
  }
}

export const stepLimitError = (): RunError =>
  new RunError("InngestErrFunctionOverflowed", `The function run exceeded the step limit of ${MAX_STEPS} steps.`);

/** Parallel ops: each must be planned first, and all must end before the function is called again. */
function plan(core: Core, run: Run, ops: Op[]): void {
  const waiting = ops.filter((op) => !isStored(op) && op.op !== "RunComplete");
  if (waiting.length < 2) return;
  run.forcePlan = true;
  const steps = core.state.stepsOf(run.id);
  const open = waiting.filter((op) => !steps.get(op.id)?.result && !run.pending.includes(op.id));
  run.pending.push(...open.map((op) => op.id));
  core.state.putRun(run);
}

function handleOp(core: Core, run: Run, job: Job, op: Op, answer: Answer, continues: boolean): void {
  switch (op.op) {
    case "StepRun":
    case "Step":
      stepRun(core, run, job, op, answer, continues);
      break;
    case "StepError":
    case "StepFailed":
      stepFailed(core, run, job, op, answer);
      break;
    case "StepPlanned":
      stepPlanned(core, run, op);
      break;
    case "Sleep":
      sleep(core, run, stepOf(core, run, op), op);
      break;
    case "WaitForEvent":
      waitForEvent(core, run, job, stepOf(core, run, op), op);
      break;
    case "WaitForSignal":
      waitForSignal(core, run, stepOf(core, run, op), op);
      break;
    case "Gateway":
      fetchForStep(core, run, job, stepOf(core, run, op), op);
      break;
    case "AIGateway":
      inferForStep(core, run, job, stepOf(core, run, op), op);
      break;
    case "InvokeFunction":
      invokeFunction(core, run, stepOf(core, run, op), op);
      break;
    case "DeferAdd":
    case "DeferAbort":
      saveDefer(core, run, op);
      break;
    case "RunComplete":
      finish(core, run, { status: "COMPLETED", output: op.data });
      break;
    default:
      throw new RunError("UnsupportedOp", `This engine does not support ${op.op}.`);
  }
}

/** Stores the result of a step that ran, reported in an answer or by a checkpoint. */
export function storeResult(core: Core, run: Run, job: Job, op: Op, startedAt: number): Step {
  const step = stepOf(core, run, op);
  if (step.result) return step;
  const ran = runTime(op, startedAt, core.clock.now());
  step.startedAt ??= ran.startedAt;
  step.attempts.push({ number: step.attempts.length, ...ran });
  if (op.opts.input !== undefined) step.input = op.opts.input;
  step.reportedBy = callId(job);
  saveResult(core, run, step, { type: "data", data: op.data }, "COMPLETED");
  return step;
}

/** One call can report several steps. The SDK measures each; a clock that disagrees with this one counts only as a duration. */
function runTime({ timing }: Op, callStartedAt: number, now: number): { startedAt: number; endedAt: number } {
  const { start = Number.NaN, duration = 0 } = timing ?? {};
  if (start >= callStartedAt && start + duration <= now) return { startedAt: start, endedAt: start + duration };
  return { startedAt: Math.max(callStartedAt, now - duration), endedAt: now };
}

function stepRun(core: Core, run: Run, job: Job, op: Op, { startedAt }: Answer, continues: boolean): void {
  const step = storeResult(core, run, job, op, startedAt);
  if (!continues) continueRun(core, run, step);
}

function stepFailed(core: Core, run: Run, job: Job, op: Op, { noRetry, retryAfter, startedAt }: Answer): void {
  const step = stepOf(core, run, op);
  const error = op.error ?? { name: "Error", message: "the step failed without an error" };
  const ran = runTime(op, startedAt, core.clock.now());
  step.startedAt ??= ran.startedAt;
  step.attempts.push({ number: job.attempt, ...ran, error });
  if (op.opts.input !== undefined) step.input = op.opts.input;
  if (op.op === "StepError" && !noRetry && job.attempt + 1 < run.maxAttempts) {
    step.status = "RETRYING";
    step.until = retryAt(core, job.attempt, retryAfter);
    core.state.putStep(step);
    retryJob(core, job, step.until);
    return;
  }
  core.state.putStep(step);
  saveResult(core, run, step, { type: "error", error }, "FAILED");
  continueRun(core, run, step);
}

function stepPlanned(core: Core, run: Run, op: Op): void {
  if (core.state.stepsOf(run.id).has(op.id)) return; // reported again by another discovery
  const step = stepOf(core, run, op);
  core.state.putStep(step);
  core.queue.add({ id: `${run.id}.${op.id}.run`, run: run.id, step: op.id });
}

function stepOf(core: Core, run: Run, op: Op): Step {
  const known = core.state.stepsOf(run.id).get(op.id);
  if (known) return known;
  return {
    run: run.id,
    id: op.id,
    name: op.displayName,
    op: option(op, "type") ?? op.op,
    status: "PLANNED",
    queuedAt: core.clock.now(),
    attempts: [],
    race: option(op, "parallelMode") === "race",
    ...(op.opts.input === undefined ? {} : { input: op.opts.input }),
  };
}
