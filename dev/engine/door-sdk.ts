import { ConfigError } from "./config";
import type { Core } from "./core";
import { bodyOf, type Door, json, match, publicError, type Reply, type Request } from "./http";
import { isObject } from "./json";
import { isTooLarge, parseOps } from "./opcode";
import { storeResult } from "./ops";
import { register } from "./register";
import { memoized } from "./request";
import { isAuthorized } from "./sign";
import { hasEnded } from "./state";

/** The doors that the SDK itself knocks at; with a signing key they want it as a bearer. */
export function sdkDoor(core: Core): Door {
  return (request) => {
    const handle = route(core, request);
    if (!handle) return undefined;
    const { signingKey } = core;
    if (signingKey !== undefined && !isAuthorized(request.headers.authorization, signingKey)) {
      return publicError(401, "Unauthorized");
    }
    return handle();
  };
}

function route(core: Core, request: Request): (() => Reply) | undefined {
  const { method, path } = request;
  if (method === "POST" && path === "/fn/register") return () => registration(core, request);
  const [checkpointed] = match("/v1/checkpoint/:run/async", path) ?? [];
  if (method === "POST" && checkpointed !== undefined) return () => checkpoint(core, checkpointed, request);
  const [actions] = match("/v0/runs/:run/actions", path) ?? [];
  if (actions !== undefined) return () => ofRun(core, actions, (run) => memoized(core, run));
  const [batch] = match("/v0/runs/:run/batch", path) ?? [];
  if (batch !== undefined) return () => ofRun(core, batch, (run) => core.state.eventsOf(run).map((one) => one.payload));
  return undefined;
}

function registration(core: Core, request: Request): Reply {
  const expected = request.headers["x-inngest-expected-server-kind"];
  const kind = core.signingKey === undefined ? "dev" : "cloud";
  if (expected !== undefined && expected !== kind) {
    return publicError(400, `Expected server kind ${kind}, got ${expected}`);
  }
  try {
    const modified = register(core, bodyOf(request));
    core.flush();
    return json(200, { ok: true, modified });
  } catch (error) {
    if (error instanceof ConfigError) return publicError(400, error.message);
    throw error;
  }
}

function ofRun(core: Core, id: string, answer: (run: NonNullable<ReturnType<typeof core.state.runs.get>>) => unknown) {
  const run = core.state.runs.get(id);
  return run ? json(200, answer(run)) : publicError(404, "run not found");
}

/**
 * Stores the steps that a call under way has finished, and gives its job all its attempts again
 * (server: pkg/execution/checkpoint, pkg/api/apiv1/checkpoint.go). 409 for a call that was given up since.
 */
function checkpoint(core: Core, id: string, request: Request): Reply {
  const body = bodyOf(request);
  const run = core.state.runs.get(id);
  if (!run || hasEnded(run)) return publicError(400, "run not found");
  const ops = isObject(body) ? parseOps(body.steps) : undefined;
  if (!isObject(body) || !ops) return publicError(400, "Invalid request body");
  const job = core.state.jobs.get(typeof body.qi_id === "string" ? body.qi_id : "");
  if (!job || job.run !== run.id) return publicError(409, "stale dispatch: queue item not found");
  if (typeof body.generation_id === "number" && body.generation_id !== job.generation) {
    return publicError(
      409,
      `stale dispatch: dispatch generation ${body.generation_id} does not match queue item generation ${job.generation}`,
    );
  }
  const foreign = ops.find((op) => !["StepRun", "Step", "StepPlanned"].includes(op.op));
  if (foreign) return publicError(400, `cannot checkpoint opcode: ${foreign.op}`);
  const results = ops.filter((op) => op.op !== "StepPlanned");
  const large = results.find(isTooLarge);
  if (large) return publicError(413, `step ${large.id} output too large`);
  for (const op of results) storeResult(core, run, op, run.startedAt ?? core.clock.now());
  job.attempt = 0;
  core.state.putJob(job);
  core.flush();
  return { status: 200, body: "" };
}
