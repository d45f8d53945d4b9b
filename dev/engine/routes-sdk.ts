import { type Handler, header, json, type Reply, type Request, router } from "../shared/http";
import { memoized } from "./call";
import { ConfigError } from "./config";
import type { Core } from "./core";
import { isLazy, saveDefer } from "./defers";
import { isObject, parseJson } from "./json";
import type { Run } from "./model";
import { isTooLarge, parseOps } from "./opcode";
import { storeResult } from "./ops";
import { register } from "./register";
import { requireKey } from "./sign";
import { hasEnded } from "./state";
import { resumeSignal } from "./steps";

/** An error in the shape of the server's first API (pkg/publicerr). */
export const publicError = (status: number, error: string): Reply => json(status, { error, status });

/** The routes that the SDK calls. With a signing key they require it as a bearer token. */
export function sdkRoutes(core: Core): Handler {
  const ofRun = (read: (run: Run) => unknown) => (_: Request, id?: string) => {
    const run = core.state.runs.get(id ?? "");
    return run ? json(200, read(run)) : publicError(404, "run not found");
  };
  return router(
    requireKey(core, publicError(401, "Unauthorized"), {
      "POST /fn/register": (request) => registration(core, request),
      "POST /v1/checkpoint/:run/async": (request, id = "") => checkpoint(core, id, request),
      "POST /v1/signals": (request) => receiveSignal(core, request),
      "GET /v0/runs/:run/actions": ofRun((run) => memoized(core, run)),
      "GET /v0/runs/:run/batch": ofRun((run) => core.state.eventsOf(run).map((event) => event.payload)),
    }),
  );
}

/** Ends the step that waits for the signal (server: pkg/api/apiv1/signals.go). */
function receiveSignal(core: Core, request: Request): Reply {
  const body = parseJson(request.body);
  if (!isObject(body)) return publicError(400, "Invalid signal data");
  const signal = typeof body.signal === "string" ? body.signal : "";
  if (signal === "") return publicError(500, "Failed to receive signal");
  const holder = core.signals.get(signal);
  const run = core.state.runs.get(holder?.run ?? "");
  const step = core.state.stepsOf(holder?.run ?? "").get(holder?.step ?? "");
  if (!run || !step) return publicError(404, "No signal found");
  resumeSignal(core, run, step, signal, body.data ?? null);
  core.commit();
  const fetchedAt = new Date(core.clock.now()).toISOString();
  return json(200, { data: { run_id: run.id }, metadata: { fetched_at: fetchedAt } });
}

function registration(core: Core, request: Request): Reply {
  const expected = header(request, "x-inngest-expected-server-kind");
  const kind = core.signingKey === undefined ? "dev" : "cloud";
  if (expected !== undefined && expected !== kind)
    return publicError(400, `Expected server kind ${kind}, got ${expected}`);
  try {
    const modified = register(core, parseJson(request.body));
    core.commit();
    return json(200, { ok: true, modified });
  } catch (error) {
    if (error instanceof ConfigError) return publicError(400, error.message);
    throw error;
  }
}

/**
 * Stores the steps that the current call has finished, and gives its job all its attempts again
 * (server: pkg/execution/checkpoint, pkg/api/apiv1/checkpoint.go). Answers 409 to a call that was given up.
 */
function checkpoint(core: Core, id: string, request: Request): Reply {
  const body = parseJson(request.body);
  const run = core.state.runs.get(id);
  if (!run || hasEnded(run)) return publicError(400, "run not found");
  const ops = isObject(body) ? parseOps(body.steps) : undefined;
  if (!isObject(body) || !ops) return publicError(400, "Invalid request body");
  const job = core.state.jobs.get(typeof body.qi_id === "string" ? body.qi_id : "");
  if (!job || job.run !== run.id) return publicError(409, "stale dispatch: queue item not found");
  if (typeof body.generation_id === "number" && body.generation_id !== job.generation)
    return publicError(
      409,
      `stale dispatch: dispatch generation ${body.generation_id} does not match queue item generation ${job.generation}`,
    );
  const unsupported = ops.find((op) => !isLazy(op) && !["StepRun", "Step", "StepPlanned"].includes(op.op));
  if (unsupported) return publicError(400, `cannot checkpoint opcode: ${unsupported.op}`);
  const results = ops.filter((op) => !isLazy(op) && op.op !== "StepPlanned");
  const large = results.find(isTooLarge);
  if (large) return publicError(413, `step ${large.id} output too large`);
  for (const op of ops.filter(isLazy)) saveDefer(core, run, op);
  for (const op of results) storeResult(core, run, job, op, run.startedAt ?? core.clock.now());
  job.attempt = 0;
  core.state.putJob(job);
  core.commit();
  return { status: 200, body: "" };
}
