import type { Core } from "./core";
import { finish } from "./finish";
import { type Door, json, match, publicError, type Reply, type Request } from "./http";
import { isUlid } from "./ids";
import { isObject, type Json } from "./json";
import type { Run, StoredEvent } from "./model";
import { start } from "./schedule";
import { isAuthorized } from "./sign";
import { hasEnded } from "./state";

/** server: pkg/api/v2/endpoints_runs.go. */
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 40;

/**
 * Reading, cancelling and rerunning, in the shapes of the server's second API (pkg/api/v2, proto/api/v2) and, where it
 * is cheap, of its first (pkg/api/apiv1).
 */
export function readDoor(core: Core): Door {
  return (request) => {
    const handle = route(core, request);
    if (!handle) return undefined;
    const { signingKey } = core;
    if (
      signingKey !== undefined &&
      request.path !== "/dev" &&
      !isAuthorized(request.headers.authorization, signingKey)
    ) {
      return apiError(401, "invalid_signing_key", "Invalid signing key");
    }
    return handle();
  };
}

function route(core: Core, { method, path, query }: Request): (() => Reply) | undefined {
  const withOutput = query.get("includeOutput") === "true";
  const [event] = match("/api/v2/events/:id/runs", path) ?? [];
  const [oldEvent] = match("/v1/events/:id/runs", path) ?? [];
  const [run] = match("/api/v2/runs/:id", path) ?? [];
  const [oldRun] = match("/v1/runs/:id", path) ?? [];
  const [cancelled] = match("/api/v2/runs/:id/cancel", path) ?? [];
  const [rerun] = match("/api/v2/runs/:id/rerun", path) ?? [];
  if (method === "GET") {
    if (path === "/dev") return () => info(core);
    if (event !== undefined) return () => eventRuns(core, event, query, withOutput);
    if (oldEvent !== undefined) return () => json(200, { data: core.state.runsOf(oldEvent).map(oldShape) });
    if (run !== undefined) return () => ofRun(core, run, (one) => page(core, view(core, one, withOutput)));
    if (oldRun !== undefined) return () => ofRun(core, oldRun, (one) => json(200, { data: oldShape(one) }));
  }
  if (method === "POST" && cancelled !== undefined) return () => ofRun(core, cancelled, (one) => cancel(core, one));
  if (method === "POST" && rerun !== undefined) return () => ofRun(core, rerun, (one) => again(core, one));
  if (method === "DELETE" && oldRun !== undefined) {
    return () => ofRun(core, oldRun, (one) => (hasEnded(one) ? publicError(409, "run has ended") : cancel(core, one)));
  }
  return undefined;
}

const apiError = (status: number, code: string, message: string): Reply =>
  json(status, { errors: [{ code, message }] });

const iso = (at: number) => new Date(at).toISOString();

const page = (core: Core, data: unknown, more: object = {}): Reply =>
  json(200, { data, metadata: { fetchedAt: iso(core.clock.now()) }, ...more });

/** What tells an SDK, and our own stack, that this is a dev server (server: pkg/devserver/api.go `Info`). */
function info(core: Core): Reply {
  if (core.signingKey !== undefined) return publicError(404, "not found"); // as a self-hosted server
  const functions = [...core.state.fns.values()].filter((fn) => !fn.removed);
  return json(200, {
    version: "steadfast-engine",
    startOpts: {},
    functions: functions.map(({ id, uuid, name }) => ({ id: uuid, slug: id, name })),
    handlers: [],
    isSingleNodeService: true,
    isMissingSigningKey: false,
    isMissingEventKeys: false,
    features: {},
  });
}

function ofRun(core: Core, id: string, answer: (run: Run) => Reply): Reply {
  if (!isUlid(id)) return apiError(400, "invalid_field_format", "Run ID must be a valid ULID");
  const run = core.state.runs.get(id.toUpperCase());
  return run ? answer(run) : apiError(404, "not_found", "Run not found");
}

function eventRuns(core: Core, id: string, query: URLSearchParams, withOutput: boolean): Reply {
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
  // The server's encoding leaves out a list that is empty, and what is false.
  const data = runs.length === 0 ? undefined : runs.map((run) => view(core, run, withOutput));
  return page(core, data, { page: { limit, ...more } });
}

/** `FunctionRun` (proto/api/v2/service.proto), with its function's id as the app calls it. */
function view(core: Core, run: Run, withOutput: boolean) {
  const fn = core.state.fns.get(run.fn);
  const app = fn?.app ?? "";
  const shown = withOutput && run.endedAt !== undefined && run.status !== "CANCELLED";
  return {
    id: run.id,
    function: { id: run.fn.startsWith(`${app}-`) ? run.fn.slice(app.length + 1) : run.fn, name: fn?.name ?? run.fn },
    app: { id: app },
    status: run.status,
    queuedAt: iso(run.queuedAt),
    startedAt: iso(run.startedAt ?? run.queuedAt),
    ...(run.endedAt === undefined ? {} : { endedAt: iso(run.endedAt) }),
    ...(run.endedAt === undefined ? {} : { durationMs: String(run.endedAt - (run.startedAt ?? run.endedAt)) }),
    trigger: {
      eventIds: run.eventIds.slice(0, 1), // of a batch, too
      ...(run.batchId === undefined ? {} : { isBatch: true, batchId: run.batchId }),
      cronSchedule: run.cron,
    },
    ...(shown ? { output: output(run) } : {}),
  };
}

/** An output that is no object is wrapped in `data`. */
function output(run: Run): Json {
  if (run.error) return { error: run.error };
  return isObject(run.output) ? run.output : { data: run.output ?? null };
}

/** server: pkg/api/apiv1, `GET /v1/runs/{id}`. */
function oldShape(run: Run) {
  const status = run.status.charAt(0) + run.status.slice(1).toLowerCase();
  return {
    run_id: run.id,
    run_started_at: iso(run.startedAt ?? run.queuedAt),
    function_id: run.fn,
    event_id: run.eventIds[0],
    status,
    ended_at: run.endedAt === undefined ? null : iso(run.endedAt),
    output: run.error ?? run.output ?? null,
  };
}

function cancel(core: Core, run: Run): Reply {
  if (run.status === "CANCELLED") return apiError(409, "run_already_cancelled", "Run is already cancelled");
  if (hasEnded(run)) return apiError(409, "run_already_ended", "Cannot cancel an ended run");
  finish(core, run, { status: "CANCELLED", reason: "by hand" });
  core.flush();
  return page(core, { runId: run.id });
}

function again(core: Core, run: Run): Reply {
  const next = rerun(core, run);
  if (!next) return apiError(404, "not_found", "Function not found");
  core.flush();
  return page(core, { runId: next.id });
}

/** Starts the function again with the same events. */
export function rerun(core: Core, run: Run): Run | undefined {
  const fn = core.state.fns.get(run.fn);
  const events: StoredEvent[] = core.state.eventsOf(run);
  if (!fn || events.length === 0) return undefined;
  return start(core, fn, events, { originalRunId: run.id, batchId: run.batchId, cron: run.cron });
}
