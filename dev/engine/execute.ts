import type { Answer, Caller, Response } from "./call";
import { armFinishTimeout, overdue } from "./cancel";
import type { Core } from "./core";
import { finish } from "./finish";
import { type Json, parseJson } from "./json";
import type { Failure, Job, Run } from "./model";
import { isTooLarge, type Op, parseFailure, parseOps } from "./opcode";
import { handleOps, MAX_STEPS, stepLimit } from "./ops";
import { buildCall } from "./request";
import { failed, notReached, retryAt } from "./retry";
import { hasEnded } from "./state";

/** Failed calls of a function that are kept to be looked at. */
const KEPT_ATTEMPTS = 25;

/** Makes the call that `job` stands for, and carries out the answer (server: executor `Execute`, `HandleResponse`). */
export async function execute(core: Core, caller: Caller, job: Job, run: Run): Promise<void> {
  const fn = core.state.fns.get(run.fn);
  if (!fn) return;
  if (core.state.stackOf(run.id).length >= MAX_STEPS) {
    const { name, message } = stepLimit();
    finish(core, run, { status: "FAILED", error: { name, message } });
    core.flush();
    return;
  }
  const late = overdue(core, run, fn);
  if (late) {
    finish(core, run, { status: "CANCELLED", reason: `timeouts.${late}` });
    core.flush();
    return;
  }
  const startedAt = core.clock.now();
  if (run.startedAt === undefined) {
    run.startedAt = startedAt;
    run.status = "RUNNING";
    core.state.putRun(run);
    armFinishTimeout(core, run, fn);
  }
  job.generation += 1;
  core.state.putJob(job);
  core.flush();
  const { url, headers, body } = buildCall(core, fn, run, job);
  const answer = await caller.send("POST", url, headers, body);
  // Cancelled, or finished by a parallel call, while this one was under way.
  if (hasEnded(run) || core.state.jobs.get(job.id) !== job) return;
  settle(core, run, job, answer, startedAt);
  core.flush();
}

function settle(core: Core, run: Run, job: Job, answer: Answer, startedAt: number): void {
  if ("message" in answer) {
    if (answer.refused) notReached(core, job);
    else callFailed(core, run, job, { error: failure(answer.message), startedAt });
    return;
  }
  const { headers } = answer;
  // Without the header every failure is tried again, a 4xx too.
  const noRetry = headers["x-inngest-no-retry"] === "true";
  const retryAfter = headers["retry-after"];
  const said = meaning(answer);
  if ("error" in said) callFailed(core, run, job, { error: said.error, startedAt, noRetry, retryAfter });
  else if ("output" in said) finish(core, run, { status: "COMPLETED", output: said.output });
  else {
    if (run.version < 0) run.version = Number(headers["x-inngest-req-version"] ?? 1);
    core.state.putRun(run);
    // The job is done, whatever the ops say; a failed step puts it back.
    core.queue.drop(job.id);
    handleOps(core, run, job, said.ops, { noRetry, retryAfter, startedAt });
  }
}

/** What the app's answer says. */
function meaning(answer: Response): { ops: Op[] } | { output: Json } | { error: Failure } {
  const { status, headers, body: text } = answer;
  const body = parseJson(text);
  if (headers["x-inngest-sdk"] === undefined) {
    const what = `Your server returned HTTP ${status} before the SDK responded.`;
    return { error: failure(status > 299 ? what : "The response did not come from an Inngest SDK") };
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

/** A call that brought no ops: the function threw, or the app or network failed. Its attempts are the job's. */
function callFailed(core: Core, run: Run, job: Job, call: FailedCall): void {
  const attempt = { number: job.attempt, startedAt: call.startedAt, endedAt: core.clock.now(), error: call.error };
  run.attempts = [...run.attempts, attempt].slice(-KEPT_ATTEMPTS);
  core.state.putRun(run);
  const isLast = call.noRetry || job.attempt + 1 >= run.maxAttempts;
  if (isLast) finish(core, run, { status: "FAILED", error: call.error });
  else failed(core, job, retryAt(core, job.attempt, call.retryAfter));
}
