import type { Core } from "./core";
import { isObject } from "./json";
import type { Job, Run, Step } from "./model";
import { type Op, option } from "./opcode";
import { hasEnded } from "./state";
import { resumeFetch, retryAt, retryJob } from "./steps";

/** Makes the request of a `step.fetch`, once for each attempt (server: executor `handleGeneratorGateway`). */
export function fetchForStep(core: Core, run: Run, job: Job, step: Step, op: Op): void {
  if (step.result || step.gateway) return;
  const { headers } = op.opts;
  const texts = Object.entries(isObject(headers) ? headers : {}).map(([name, value]) => [name, String(value)]);
  step.status = "WAITING";
  step.startedAt ??= core.clock.now();
  step.gateway = {
    request: {
      url: option(op, "url") ?? "",
      method: option(op, "method") || "POST",
      headers: Object.fromEntries(texts),
      body: option(op, "body") ?? "",
    },
    job: { ...job },
  };
  core.state.putStep(step);
  resumeGateway(core, run, step);
}

/** Makes the request of a step that waits for its response, also after a restart of the engine. */
export function resumeGateway(core: Core, run: Run, step: Step): void {
  const { gateway } = step;
  if (!gateway || step.result) return;
  const startedAt = core.clock.now();
  const request = URL.canParse(gateway.request.url)
    ? core.request(gateway.request)
    : Promise.resolve({ refused: false, message: `"${gateway.request.url}" is no URL` });
  const work = request.then((answer) => {
    // The run was cancelled, or a restarted engine has made the request again.
    if (hasEnded(run) || step.gateway !== gateway || step.result) return;
    delete step.gateway;
    const failure = "message" in answer ? `Error making gateway request: ${answer.message}` : undefined;
    const error = failure === undefined ? undefined : { name: "GatewayError", message: failure };
    step.attempts.push({
      ...{ number: gateway.job.attempt, startedAt, endedAt: core.clock.now() },
      ...(error ? { error } : {}),
    });
    if (!("message" in answer)) {
      const { status, headers, body } = answer;
      const data = { url: gateway.request.url, headers: goHeaders(headers), body, status_code: status };
      resumeFetch(core, run, step, { type: "data", data });
    } else if (error && gateway.job.attempt + 1 < run.maxAttempts) {
      step.status = "RETRYING";
      step.until = retryAt(core, gateway.job.attempt, undefined);
      core.state.putStep(step);
      retryJob(core, gateway.job, step.until);
    } else if (error) resumeFetch(core, run, step, { type: "error", error });
    core.commit();
  });
  core.clock.busy(work).catch((error) => core.log(`run ${run.id}: ${error instanceof Error ? error.stack : error}`));
}

/** Names as Go writes them: `Content-Type`. */
const goHeaders = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.replace(/(^|-)[a-z]/g, (text) => text.toUpperCase()), value]),
  );
