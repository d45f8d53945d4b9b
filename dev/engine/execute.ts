import { type Answer, buildCall, type Caller, type Response } from "./call";
import type { Core } from "./core";
import { type Json, parseJson } from "./json";
import type { Failure, Job, Run } from "./model";
import { isTooLarge, type Op, parseFailure, parseOps } from "./opcode";
import { handleOps, MAX_STEPS, stepLimitError } from "./ops";
import { finish, overdue, scheduleFinishTimeout } from "./run-end";
import { hasEnded } from "./state";
import { retryAt, retryJob, retryUnreachable } from "./steps";

/** Failed calls of a function that are stored for the run page. */
const MAX_STORED_ATTEMPTS = 25;

/** Makes the call of `job` and handles the answer (server: executor `Execute`, `HandleResponse`). */
export async function execute(core: Core, caller: Caller, job: Job, run: Run): Promise<void> {
  const fn = core.state.fns.get(run.fn);
  if (!fn) return;
  const late = overdue(core, run, fn);
  const tooManySteps = core.state.stackOf(run.id).length >= MAX_STEPS;
  if (late || tooManySteps) {
    const { name, message } = stepLimitError();
    if (tooManySteps) finish(core, run, { status: "FAILED", error: { name, message } });
    else finish(core, run, { status: "CANCELLED", reason: `timeouts.${late}` });
    core.commit();
    return;
  }
  const startedAt = core.clock.now();
  if (run.startedAt === undefined) {
    run.startedAt = startedAt;
    run.status = "RUNNING";
    core.state.putRun(run);
    scheduleFinishTimeout(core, run, fn);
  }
  job.generation += 1;
  core.state.putJob(job);
  core.commit();
  const { url, headers, body } = buildCall(core, fn, run, job);
  const answer = await caller.send("POST", url, headers, body);
  // The run was cancelled, or a parallel call has finished it, during this call.
  if (hasEnded(run) || core.state.jobs.get(job.id) !== job) return;
  handleAnswer(core, run, job, answer, startedAt);
  core.commit();
}

function handleAnswer(core: Core, run: Run, job: Job, answer: Answer, startedAt: number): void {
  if ("message" in answer) {
    if (answer.refused) retryUnreachable(core, job);
    else handleFailedCall(core, run, job, { error: failure(answer.message), startedAt });
    return;
  }
  const { headers } = answer;
  // Without the header every failure is retried, also a 4xx.
  const noRetry = headers["x-inngest-no-retry"] === "true";
  const retryAfter = headers["retry-after"];
  const parsed = parseAnswer(answer);
  if ("error" in parsed) handleFailedCall(core, run, job, { error: parsed.error, startedAt, noRetry, retryAfter });
  else if ("output" in parsed) finish(core, run, { status: "COMPLETED", output: parsed.output });
  else {
    if (run.version < 0) run.version = Number(headers["x-inngest-req-version"] ?? 1);
    core.state.putRun(run);
    // The job is done. A failed step adds it again.
    core.queue.drop(job.id);
    handleOps(core, run, job, parsed.ops, { noRetry, retryAfter, startedAt });
  }
}

/** The ops, output or error in the app's answer. */
function parseAnswer(answer: Response): { ops: Op[] } | { output: Json } | { error: Failure } {
  const { status, headers, body: text } = answer;
  const body = parseJson(text);
  if (headers["x-inngest-sdk"] === undefined) {
    const message = `Your server returned HTTP ${status} before the SDK responded.`;
    return { error: failure(status > 299 ? message : "The response did not come from an Inngest SDK") };
  }
  if (status < 200 || status > 299) return { error: parseFailure(body ?? text) };
  if (status !== 206) return { output: body === undefined ? text || null : body };
  const ops = parseOps(body);
  if (!ops?.length) return { error: failure("the answer is not a list of ops") };
  const large = ops.find(isTooLarge);
  return large ? { error: failure(`step output size is greater than the limit: ${large.displayName}`) } : { ops };
}

const failure = (message: string): Failure => ({ name: "Error", message });

interface FailedCall {
  error: Failure;
  startedAt: number;
  noRetry?: boolean;
  retryAfter?: string;
}

/** Handles a call without ops: the function threw, or the app or the network failed. It counts as an attempt of the job. */
function handleFailedCall(core: Core, run: Run, job: Job, call: FailedCall): void {
  const attempt = { number: job.attempt, startedAt: call.startedAt, endedAt: core.clock.now(), error: call.error };
  run.attempts = [...run.attempts, attempt].slice(-MAX_STORED_ATTEMPTS);
  core.state.putRun(run);
  const isLast = call.noRetry || job.attempt + 1 >= run.maxAttempts;
  if (isLast) finish(core, run, { status: "FAILED", error: call.error });
  else retryJob(core, job, retryAt(core, job.attempt, call.retryAfter));
}
