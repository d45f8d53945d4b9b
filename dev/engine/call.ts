import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Clock } from "../shared/clock";
import type { Core } from "./core";
import { knownDefers } from "./defers";
import { canonical, isObject, type Json, type JsonObject, parseJson } from "./json";
import type { Fn, Job, Run } from "./model";
import { signature } from "./sign";

/** The answer of an app. */
export interface Response {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** An app's answer, or why there is none. `refused`: nothing listens there. */
export type Answer = Response | { refused: boolean; message: string };

/** The longest call (server: consts.MaxFunctionTimeout). */
const CALL_TIMEOUT_MS = 2 * 3_600_000;
/** The largest answer (server: consts.MaxSDKResponseBodySize). */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** Connections to one app. A listener's backlog is 511; beyond that, connecting takes seconds. */
const MAX_SOCKETS = 256;

const UNREACHABLE_CODES = ["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "EAI_AGAIN"];

/** Calls apps over connections that stay open. */
export class Caller {
  readonly #clock: Clock;
  readonly #http = new HttpAgent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  readonly #https = new HttpsAgent({ keepAlive: true, maxSockets: MAX_SOCKETS });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sends `body` and reads the whole answer. Never rejects. */
  send(method: string, url: string, headers: Record<string, string>, body: string): Promise<Answer> {
    return new Promise((resolve) => {
      const secure = url.startsWith("https:");
      const options = { method, agent: secure ? this.#https : this.#http };
      const outgoing = secure ? httpsRequest(url, options) : httpRequest(url, options);
      const stop = this.#clock.schedule(this.#clock.now() + CALL_TIMEOUT_MS, () =>
        outgoing.destroy(new Error("timed out")),
      );
      const fail = (error: NodeJS.ErrnoException) => {
        stop();
        resolve({ refused: UNREACHABLE_CODES.includes(error.code ?? ""), message: error.message });
      };
      outgoing.on("error", fail);
      outgoing.on("response", (incoming) => {
        const chunks: Buffer[] = [];
        let size = 0;
        incoming.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_ANSWER_BYTES) outgoing.destroy(new Error("the response is above 8 MiB"));
          chunks.push(chunk);
        });
        incoming.on("error", fail);
        incoming.on("end", () => {
          stop();
          const text = Buffer.concat(chunks).toString();
          resolve(unwrap({ status: incoming.statusCode ?? 0, headers: flat(incoming.headers), body: text }));
        });
      });
      for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
      outgoing.end(body);
    });
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** Unpacks the answer of an SDK with `streaming: true`: it answers 201 at once and writes the real answer into the body. */
function unwrap(answer: Response): Response {
  if (answer.status !== 201) return answer;
  const inner = parseJson(answer.body.trim());
  if (!isObject(inner) || typeof inner.status !== "number" || typeof inner.body !== "string") return answer;
  const headers = isObject(inner.headers) ? inner.headers : {};
  const merged = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return { status: inner.status, headers: { ...answer.headers, ...Object.fromEntries(merged) }, body: inner.body };
}

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
    defers: knownDefers(run),
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
