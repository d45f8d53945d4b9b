import { type Handler, header, json, type Reply, type Request, router } from "../shared/http";
import type { Core } from "./core";
import { holds } from "./expression";
import { expressionError } from "./expression-check";
import { isUlid, seededEventId } from "./ids";
import { accept, INVOKED } from "./intake";
import { isObject, type JsonObject, parseJson } from "./json";
import type { Cancellation, Fn, Run, StoredEvent } from "./model";
import { ENV_ID } from "./realtime-token";
import { normalize } from "./routes-events";
import { publicError } from "./routes-sdk";
import { finish } from "./run-end";
import { requireKey } from "./sign";
import { hasEnded } from "./state";

/** server: pkg/api/apiv1/events.go, pkg/cqrs/events.go `MaxEvents`; runs.go. */
const DEFAULT_EVENTS = 20;
const MAX_EVENTS = 51;
const MAX_JOBS = 10;

/** The rest of the server's first API (pkg/api/apiv1), and two routes beside it (pkg/api/api.go). */
export function v1Routes(core: Core): Handler[] {
  const routes = requireKey(core, publicError(401, "No auth found"), {
    "GET /v1/events": ({ query }) => listEvents(core, query),
    "GET /v1/events/:id": (_, id = "") => {
      if (!isUlid(id)) return publicError(400, `Invalid event ID: ${id}`);
      const event = core.state.events.get(id.toUpperCase());
      return event ? answer(core, viewEvent(event)) : publicError(404, "Event not found");
    },
    "GET /v1/runs/:id/jobs": (_, id = "") => {
      if (!isUlid(id)) return publicError(400, `Invalid run ID: ${id}`);
      const run = core.state.runs.get(id.toUpperCase());
      return run ? answer(core, jobsOf(core, run)) : publicError(500, `Unable to load function run: ${id}`);
    },
    "GET /v1/cancellations": () => answer(core, [...core.state.cancellations.values()]),
    "POST /v1/cancellations": ({ body }) => createCancellation(core, body),
    "DELETE /v1/cancellations/:id": (_, id = "") => {
      if (!isUlid(id)) return publicError(400, "Invalid cancellation ID");
      if (!core.state.cancellations.has(id.toUpperCase())) return publicError(404, "Cancellation not found");
      core.state.cancellations.delete(id.toUpperCase());
      core.commit();
      return answer(core, { ok: true });
    },
  });
  const open = router({
    "GET /health": () => json(200, { status: 200, message: "OK" }),
    "POST /invoke/:slug": (request, slug = "") => invoke(core, slug, request),
  });
  return [router(routes), open];
}

const answer = (core: Core, data: unknown): Reply =>
  json(200, { data, metadata: { fetched_at: iso(core.clock.now()) } });

const iso = (at: number) => new Date(at).toISOString();

/** Newest first. The engine's own events are left out. */
function listEvents(core: Core, query: URLSearchParams): Reply {
  const asked = Math.trunc(Number(query.get("limit") ?? 0)) || DEFAULT_EVENTS;
  const limit = Math.min(Math.max(asked, 1), MAX_EVENTS);
  const cursor = query.get("cursor");
  if (cursor && !isUlid(cursor)) return publicError(400, "Invalid cursor query parameter");
  const [before, after] = ["received_before", "received_after"].map((key) => {
    const text = query.get(key);
    return text ? Date.parse(text) : undefined;
  });
  if (Number.isNaN(before) || Number.isNaN(after)) return publicError(400, "Invalid received_after query parameter");
  const name = query.get("name");
  const found = [...core.state.events.values()]
    .reverse()
    .filter(
      ({ id, at, payload }) =>
        !payload.name.startsWith("inngest/") &&
        (!name || payload.name === name) &&
        (!cursor || id < cursor.toUpperCase()) &&
        (before === undefined || at < before) &&
        (after === undefined || at > after),
    );
  return answer(core, found.slice(0, limit).map(viewEvent));
}

/** server: pkg/cqrs/events.go `Event`. */
const viewEvent = ({ id, at, payload }: StoredEvent) => ({
  internal_id: id,
  account_id: "00000000-0000-4000-a000-000000000000",
  environment_id: ENV_ID,
  source: "",
  source_id: null,
  received_at: iso(at),
  id: payload.id,
  name: payload.name,
  data: payload.data,
  ...(payload.user && Object.keys(payload.user).length > 0 ? { user: payload.user } : {}),
  ts: payload.ts,
  ...(payload.v === undefined ? {} : { v: payload.v }),
});

/** What the run waits for: calls, sleeps and timeouts (server: pkg/execution/queue `JobResponse`). */
function jobsOf(core: Core, run: Run) {
  const calls = core.state.jobsOf(run.id).flatMap((id) => core.state.jobs.get(id) ?? []);
  const steps = hasEnded(run) ? [] : [...core.state.stepsOf(run.id).values()];
  const waits = steps.filter(({ result, status }) => !result && (status === "SLEEPING" || status === "WAITING"));
  const jobs = [
    ...calls.map(({ id, at, attempt }) => ({ id, at, attempt, kind: id.endsWith(".start") ? "start" : "edge" })),
    ...waits.map(({ id, until = run.queuedAt, status }) => ({
      id: `${run.id}-${id}`,
      ...{ at: until, attempt: 0, kind: status === "SLEEPING" ? "sleep" : "pause" },
    })),
  ];
  return jobs
    .sort((one, other) => one.at - other.at)
    .slice(0, MAX_JOBS)
    .map(({ id, at, kind, attempt }) => ({ JobID: id, at: iso(at), position: 0, kind, attempt, Raw: null }));
}

/** Cancels the unfinished runs of a function that started within a time (server: pkg/api/apiv1/cancellation.go). */
function createCancellation(core: Core, text: string): Reply {
  const body = parseJson(text);
  if (!isObject(body)) return publicError(400, "Invalid cancellation request");
  const { app_id: app, function_id: name, started_after: after = null, started_before: before, if: condition } = body;
  const problems = [
    ...(typeof app === "string" && app !== "" ? [] : ["app_id is required"]),
    ...(typeof name === "string" && name !== "" ? [] : ["function_id is required"]),
    ...timeProblems(core.clock.now(), before, after),
  ];
  if (problems.length > 0) return publicError(400, problems.join("\n"));
  const fn = core.state.fns.get(`${app}-${name}`);
  if (!fn) return publicError(404, "function not found");
  const expression = typeof condition === "string" && condition !== "" ? condition : undefined;
  const problem = expression === undefined ? undefined : expressionError(expression);
  if (problem !== undefined) return publicError(400, `invalid expression: ${problem}`);
  const cancellation: Cancellation = {
    created_at: iso(core.clock.now()),
    name: null,
    id: core.newId(),
    ...{ account_id: "00000000-0000-4000-a000-000000000000", environment_id: ENV_ID },
    ...{ function_internal_id: fn.uuid, function_id: fn.id },
    ...{ started_after: after, started_before: before ?? null },
    ...(expression === undefined ? {} : { if: expression }),
    ...{ kind: "BulkRun", cause: "API", queue_name: null },
  };
  core.state.cancellations.put(cancellation.id, cancellation);
  cancelRuns(core, fn, cancellation, { from: timeOf(after), to: timeOf(before) ?? 0, expression });
  core.commit();
  return answer(core, cancellation);
}

const timeOf = (value: unknown): number | undefined => (typeof value === "string" ? Date.parse(value) : undefined);

/** A time may be five seconds in the future, because clocks differ. */
const MAX_CLOCK_DIFFERENCE_MS = 5000;

function timeProblems(now: number, before: unknown, after: unknown): string[] {
  const [to, from] = [timeOf(before), timeOf(after)];
  if (to === undefined) return ["started_before is required"];
  if (Number.isNaN(to) || Number.isNaN(from)) return ["started_before and started_after must be times"];
  if (to > now + MAX_CLOCK_DIFFERENCE_MS) return ["started_before must be in the past"];
  return from !== undefined && from > to ? ["started_after must be before started_before"] : [];
}

interface Range {
  from?: number;
  to: number;
  expression?: string;
}

function cancelRuns(core: Core, fn: Fn, { id }: Cancellation, { from, to, expression }: Range): void {
  for (const run of [...core.state.runs.values()]) {
    const event = core.state.eventsOf(run)[0]?.payload;
    if (run.fn !== fn.id || hasEnded(run) || !event) continue;
    if (run.queuedAt > to || (from !== undefined && run.queuedAt < from)) continue;
    if (expression !== undefined && !holds(expression, { event })) continue;
    finish(core, run, { status: "CANCELLED", reason: `cancellation ${id}` });
  }
}

/** `POST /invoke/<function>`: starts one function with the event of the body, without a trigger (server: `Invoke`). */
function invoke(core: Core, slug: string, request: Request): Reply {
  if (slug === "") return publicError(400, "Function slug is required");
  const body = parseJson(request.body);
  if (!isObject(body)) return publicError(400, "Unable to read post data request");
  const id = seededEventId(header(request, "x-inngest-event-id-seed"), 0) ?? core.newId();
  const event = normalize({ ...body, name: "invoked" }, id, core.clock.now());
  if (typeof event === "string") return publicError(400, event);
  const data: JsonObject = { ...event.data, _inngest: { fn_id: slug } };
  accept(core, { ...event, name: INVOKED, data }, id);
  core.commit();
  return json(200, { id, status: 200 });
}
