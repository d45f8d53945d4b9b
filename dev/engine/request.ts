import type { Core } from "./core";
import { canonical, type Json, type JsonObject } from "./json";
import type { Fn, Job, Run } from "./model";
import { signature } from "./sign";

/** Above this size the SDK fetches events and steps itself (server: consts.MaxSDKRequestBodySize). */
const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

/** The HTTP call of `job` (server: pkg/execution/driver/request.go; headers: httpdriver.go). */
export function buildCall(core: Core, fn: Fn, run: Run, job: Job) {
  const url = new URL(fn.url);
  url.searchParams.set("stepId", job.step ?? "step");
  const content = JSON.stringify(payload(core, fn, run, job, false));
  const tooLarge = Buffer.byteLength(content) > MAX_REQUEST_BYTES;
  const sent = tooLarge ? JSON.stringify(payload(core, fn, run, job, true)) : content;
  const body = core.signingKey === undefined ? sent : canonical(JSON.parse(sent));
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    "user-agent": "inngest-engine",
    "x-run-id": run.id,
    "x-request-id": requestId(job),
    "x-inngest-generation-id": String(job.generation),
    "x-inngest-job-id": job.id,
    "x-inngest-req-version": String(run.version),
  };
  if (core.signingKey !== undefined) {
    headers["x-inngest-signature"] = signature(core.signingKey, body, core.clock.now());
  }
  return { url: url.href, headers, body };
}

const requestId = (job: Job): string => `${job.id}.${job.generation}`;

function payload(core: Core, fn: Fn, run: Run, job: Job, byApi: boolean): JsonObject {
  const stack = core.state.stackOf(run.id);
  const events = core.state.eventsOf(run).map((event) => event.payload);
  return {
    version: run.version,
    event: events[0],
    events: byApi ? [] : events,
    steps: byApi ? {} : memoized(core, run),
    defers: {},
    ctx: {
      fn_id: fn.uuid,
      run_id: run.id,
      env: "",
      step_id: "step",
      attempt: job.attempt,
      max_attempts: run.maxAttempts,
      stack: { stack, current: job.after === undefined ? 0 : stack.indexOf(job.after) + 1 },
      qi_id: job.id,
      request_id: requestId(job),
      generation_id: job.generation,
      job_id: job.id,
      disable_immediate_execution: run.forcePlan || (job.planned === true && job.attempt === 0),
      use_api: byApi,
    },
    use_api: byApi,
  };
}

/** The results of the steps that have ended, as the function gets them. */
export function memoized(core: Core, run: Run): JsonObject {
  const steps: Record<string, Json> = {};
  for (const [id, { result }] of core.state.stepsOf(run.id)) {
    if (result?.type === "error") steps[id] = { error: result.error };
    else if (result) steps[id] = result.type === "bare" ? result.data : { data: result.data };
  }
  return steps;
}
