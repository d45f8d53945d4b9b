import type { Answer, Caller } from "./call";
import { armFinishTimeout } from "./cancel";
import type { Core } from "./core";
import { finish } from "./finish";
import { parseJson } from "./json";
import type { Failure, Fn, Job, Run } from "./model";
import { parseFailure, parseOps } from "./opcode";
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
  settle(core, fn, run, job, answer, startedAt);
  core.flush();
}

function settle(core: Core, fn: Fn, run: Run, job: Job, answer: Answer, startedAt: number): void {
  const fail = (error: Failure, more: Partial<FailedCall> = {}) =>
    callFailed(core, fn, run, job, { error, startedAt, ...more });
  if ("message" in answer) {
    if (answer.refused) notReached(core, job);
    else fail(failure(answer.message));
    return;
  }
  const { status, headers } = answer;
  const isSdk = headers["x-inngest-sdk"] !== undefined;
  const noRetry = isFinal(status, headers["x-inngest-no-retry"], isSdk);
  const retryAfter = headers["retry-after"];
  const body = parseJson(answer.body);
  const ops = status === 206 ? parseOps(body) : undefined;
  if (!isSdk) fail(failure(`the app answered ${status}, and not through the Inngest SDK`), { noRetry, retryAfter });
  else if (status < 200 || status > 299) fail(parseFailure(body ?? answer.body), { noRetry, retryAfter });
  else if (status !== 206) finish(core, run, { status: "COMPLETED", output: body ?? (answer.body || null) });
  else if (!ops) fail(failure("the answer is not a list of ops"));
  else {
    if (run.version < 0) run.version = Number(headers["x-inngest-req-version"] ?? 1);
    core.state.putRun(run);
    // The job is done, whatever the ops say; a failed step puts it back.
    core.queue.drop(job.id);
    handleOps(core, run, job, ops, { noRetry, retryAfter, startedAt });
  }
}

/** The header decides; without it a 4xx of the SDK is final (server: httpdriver/util.go `ShouldRetry`). */
function isFinal(status: number, header: string | undefined, isSdk: boolean): boolean {
  if (header !== undefined) return header === "true";
  return isSdk && status >= 400 && status < 500;
}

const failure = (message: string): Failure => ({ name: "Error", message });

interface FailedCall {
  error: Failure;
  startedAt: number;
  noRetry?: boolean;
  retryAfter?: string;
}

/** A call that brought no ops: the function threw, or the app or network failed. Its attempts are the job's. */
function callFailed(core: Core, fn: Fn, run: Run, job: Job, call: FailedCall): void {
  const attempt = { number: job.attempt, startedAt: call.startedAt, endedAt: core.clock.now(), error: call.error };
  run.attempts = [...run.attempts, attempt].slice(-KEPT_ATTEMPTS);
  core.state.putRun(run);
  const isLast = call.noRetry || job.attempt + 1 >= fn.maxAttempts;
  if (isLast) finish(core, run, { status: "FAILED", error: call.error });
  else failed(core, job, retryAt(core, job.attempt, call.retryAfter));
}
