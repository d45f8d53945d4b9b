import type { Core } from "./core";
import { isObject, type Json, parseJson } from "./json";
import type { GatewayRequest, Job, Run, Step } from "./model";
import { type Op, option } from "./opcode";
import { hasEnded } from "./state";
import { resumeFetch, retryAt, retryJob } from "./steps";

/** Makes the request of a `step.fetch`, once for each attempt (server: executor `handleGeneratorGateway`). */
export function fetchForStep(core: Core, run: Run, job: Job, step: Step, op: Op): void {
  requestForStep(core, run, job, step, {
    url: option(op, "url") ?? "",
    method: option(op, "method") || "POST",
    headers: headersOf(op),
    body: option(op, "body") ?? "",
  });
}

/** Makes the request of a `step.ai.infer` (server: executor `handleGeneratorAIGateway`, aigateway `SerializableRequest`). */
export function inferForStep(core: Core, run: Run, job: Job, step: Step, op: Op): void {
  const { url, headers } = authorized(
    option(op, "url") ?? "",
    option(op, "format") ?? "",
    option(op, "auth_key") ?? "",
  );
  requestForStep(core, run, job, step, {
    url,
    method: "POST",
    headers: { "content-type": "application/json", ...headers, ...headersOf(op) },
    body: JSON.stringify(op.opts.body ?? null),
    inference: true,
  });
}

/** Returns where the key of a provider goes. */
function authorized(url: string, format: string, key: string): Pick<GatewayRequest, "url" | "headers"> {
  if (format === "gemini" && URL.canParse(url)) {
    const address = new URL(url);
    address.searchParams.append("key", key);
    return { url: address.href, headers: {} };
  }
  if (format === "anthropic") return { url, headers: { "x-api-key": key } };
  return { url, headers: { authorization: format === "bedrock" ? key : `Bearer ${key}` } };
}

const headersOf = ({ opts: { headers } }: Op): Record<string, string> =>
  Object.fromEntries(Object.entries(isObject(headers) ? headers : {}).map(([name, value]) => [name, String(value)]));

function requestForStep(core: Core, run: Run, job: Job, step: Step, request: GatewayRequest): void {
  if (step.result || step.gateway) return;
  step.status = "WAITING";
  step.startedAt ??= core.clock.now();
  step.gateway = { request, job: { ...job } };
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
    const result = gateway.request.inference ? inferenceResult(answer) : fetchResult(gateway.request, answer);
    step.attempts.push({
      ...{ number: gateway.job.attempt, startedAt, endedAt: core.clock.now() },
      ...(result.type === "error" ? { error: result.error } : {}),
    });
    if (result.type === "error" && gateway.job.attempt + 1 < run.maxAttempts) {
      step.status = "RETRYING";
      step.until = retryAt(core, gateway.job.attempt, undefined);
      core.state.putStep(step);
      retryJob(core, gateway.job, step.until);
    } else resumeFetch(core, run, step, result);
    core.commit();
  });
  core.clock.busy(work).catch((error) => core.log(`run ${run.id}: ${error instanceof Error ? error.stack : error}`));
}

type Answer = Awaited<ReturnType<Core["request"]>>;
type Result = { type: "data"; data: Json } | { type: "error"; error: { name: string; message: string; stack: string } };

/** Any response is a result of `step.fetch`, also one with an error status. */
function fetchResult({ url }: GatewayRequest, answer: Answer): Result {
  if ("message" in answer)
    return {
      type: "error",
      error: { name: "GatewayError", message: `Error making gateway request: ${answer.message}`, stack: "" },
    };
  const { status, headers, body } = answer;
  return { type: "data", data: { url, headers: goHeaders(headers), body, status_code: status } };
}

/** The result of an inference is the provider's JSON. A response with an error status is tried again. */
function inferenceResult(answer: Answer): Result {
  const failure = (cause: string, body: string): Result => ({
    type: "error",
    error: { name: "AIGatewayError", message: `Error making AI request: ${cause}`, stack: body },
  });
  if ("message" in answer) return failure(answer.message, '{"error":"Error making AI request"}');
  if (answer.status > 299) return failure(`unsuccessful status code: ${answer.status}`, answer.body);
  const data = parseJson(answer.body);
  return data === undefined ? failure("the response is no JSON", answer.body) : { type: "data", data };
}

/** Names as Go writes them: `Content-Type`. */
const goHeaders = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.replace(/(^|-)[a-z]/g, (text) => text.toUpperCase()), value]),
  );
