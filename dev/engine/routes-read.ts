import { type Handler, json, type Reply, type Request, router } from "../shared/http";
import type { Core } from "./core";
import { isUlid } from "./ids";
import { isObject, type Json } from "./json";
import type { Run } from "./model";
import { publicError } from "./routes-sdk";
import { finish } from "./run-end";
import { start } from "./schedule";
import { requireKey } from "./sign";
import { hasEnded } from "./state";

/** server: pkg/api/v2/endpoints_runs.go. */
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 40;

/**
 * Reads, cancels and reruns runs, as the server's API v2 (pkg/api/v2, proto/api/v2) and a part of its API v1
 * (pkg/api/apiv1).
 */
export function readRoutes(core: Core): Handler[] {
  const ofRun = (answer: (run: Run, request: Request) => Reply) => (request: Request, id?: string) => {
    if (!isUlid(id ?? "")) return apiError(400, "invalid_field_format", "Run ID must be a valid ULID");
    const run = core.state.runs.get((id ?? "").toUpperCase());
    return run ? answer(run, request) : apiError(404, "not_found", "Run not found");
  };
  const routes = requireKey(core, apiError(401, "invalid_signing_key", "Invalid signing key"), {
    "GET /api/v2/events/:id/runs": ({ query }, id = "") => eventRuns(core, id, query),
    "GET /api/v2/runs/:id": ofRun((run, { query }) => success(core, view(core, run, query))),
    "POST /api/v2/runs/:id/cancel": ofRun((run) => cancel(core, run)),
    "POST /api/v2/runs/:id/rerun": ofRun((run) => again(core, run)),
    "GET /v1/events/:id/runs": (_, id = "") => json(200, { data: core.state.runsOf(id).map(viewV1) }),
    "GET /v1/runs/:id": ofRun((run) => json(200, { data: viewV1(run) })),
    "DELETE /v1/runs/:id": ofRun((run) => (hasEnded(run) ? publicError(409, "run has ended") : cancel(core, run))),
  });
  return [router(routes), router({ "GET /dev": () => info(core) })];
}

const apiError = (status: number, code: string, message: string): Reply =>
  json(status, { errors: [{ code, message }] });

const iso = (at: number) => new Date(at).toISOString();

const success = (core: Core, data: unknown, more: object = {}): Reply =>
  json(200, { data, metadata: { fetchedAt: iso(core.clock.now()) }, ...more });

/** Tells the engine from a real Dev Server, whose version is a number. */
export const ENGINE_VERSION = "steadfast-engine";

/** Identifies this server as a dev server to SDKs and the local stack (server: pkg/devserver/api.go `Info`). */
function info(core: Core): Reply {
  if (core.signingKey !== undefined) return publicError(404, "not found"); // as a self-hosted server
  const functions = [...core.state.fns.values()].filter((fn) => !fn.removed);
  return json(200, {
    version: ENGINE_VERSION,
    startOpts: {},
    functions: functions.map(({ id, uuid, name }) => ({ id: uuid, slug: id, name })),
    handlers: [],
    isSingleNodeService: true,
    isMissingSigningKey: false,
    isMissingEventKeys: false,
    features: {},
  });
}

function eventRuns(core: Core, id: string, query: URLSearchParams): Reply {
  if (!isUlid(id)) return apiError(400, "invalid_field_format", "Event ID must be a valid ULID");
  const limit = Number(query.get("limit") ?? 0) || DEFAULT_LIMIT;
  if (limit < 1) return apiError(400, "invalid_field_format", "Limit must be at least 1");
  if (limit > MAX_LIMIT) return apiError(400, "invalid_field_format", `Limit cannot exceed ${MAX_LIMIT}`);
  const all = core.state.runsOf(id.toUpperCase()).reverse();
  const after = query.get("cursor");
  const from = after === null ? 0 : all.findIndex((run) => run.id === after) + 1;
  const runs = all.slice(from, from + limit);
  const hasMore = all.length > from + limit;
  const more = hasMore ? { hasMore, cursor: runs.at(-1)?.id } : {};
  // The server's encoding leaves out an empty list and a false value.
  const data = runs.length === 0 ? undefined : runs.map((run) => view(core, run, query));
  return success(core, data, { page: { limit, ...more } });
}

/** `FunctionRun` (proto/api/v2/service.proto), with its function's id as the app calls it. */
function view(core: Core, run: Run, query: URLSearchParams) {
  const fn = core.state.fns.get(run.fn);
  const app = fn?.app ?? "";
  const { endedAt, startedAt = run.queuedAt } = run;
  const withOutput = query.get("includeOutput") === "true" && endedAt !== undefined && run.status !== "CANCELLED";
  return {
    id: run.id,
    function: { id: run.fn.startsWith(`${app}-`) ? run.fn.slice(app.length + 1) : run.fn, name: fn?.name ?? run.fn },
    app: { id: app },
    status: run.status,
    queuedAt: iso(run.queuedAt),
    startedAt: iso(startedAt),
    ...(endedAt === undefined
      ? {}
      : { endedAt: iso(endedAt), durationMs: String(endedAt - (run.startedAt ?? endedAt)) }),
    trigger: {
      eventIds: run.eventIds.slice(0, 1), // also of a batch
      ...(run.batchId === undefined ? {} : { isBatch: true, batchId: run.batchId }),
      cronSchedule: run.cron,
    },
    ...(withOutput ? { output: outputOf(run) } : {}),
  };
}

/** An output that is not an object is wrapped in `data`. */
function outputOf(run: Run): Json {
  if (run.error) return { error: run.error };
  return isObject(run.output) ? run.output : { data: run.output ?? null };
}

/** server: pkg/api/apiv1, `GET /v1/runs/{id}`. */
const viewV1 = (run: Run) => ({
  run_id: run.id,
  run_started_at: iso(run.startedAt ?? run.queuedAt),
  function_id: run.fn,
  event_id: run.eventIds[0],
  status: run.status.charAt(0) + run.status.slice(1).toLowerCase(),
  ended_at: run.endedAt === undefined ? null : iso(run.endedAt),
  output: run.error ?? run.output ?? null,
});

function cancel(core: Core, run: Run): Reply {
  if (run.status === "CANCELLED") return apiError(409, "run_already_cancelled", "Run is already cancelled");
  if (hasEnded(run)) return apiError(409, "run_already_ended", "Cannot cancel an ended run");
  finish(core, run, { status: "CANCELLED", reason: "by a user" });
  core.commit();
  return success(core, { runId: run.id });
}

function again(core: Core, run: Run): Reply {
  const next = rerun(core, run);
  if (!next) return apiError(404, "not_found", "Function not found");
  core.commit();
  return success(core, { runId: next.id });
}

/** Starts the function again with the same events. */
export function rerun(core: Core, run: Run): Run | undefined {
  const fn = core.state.fns.get(run.fn);
  const events = core.state.eventsOf(run);
  if (!fn || events.length === 0) return undefined;
  return start(core, fn, events, { originalRunId: run.id, batchId: run.batchId, cron: run.cron });
}
