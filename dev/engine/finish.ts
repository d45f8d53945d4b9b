import { disarmCancellations } from "./cancel";
import type { Core } from "./core";
import { accept, CANCELLED, FAILED, FINISHED } from "./intake";
import { at, type Json, type JsonObject } from "./json";
import type { EventPayload, Failure, Run, RunStatus } from "./model";
import { resumeInvoke } from "./resume";
import { hasEnded } from "./state";

interface End {
  status: Extract<RunStatus, "COMPLETED" | "FAILED" | "CANCELLED">;
  output?: Json;
  error?: Failure;
  reason?: string;
}

const STATUS_NAMES = { COMPLETED: "Completed", FAILED: "Failed", CANCELLED: "Cancelled" };

/**
 * Ends a run, once: its calls, timers and waits go, `inngest/function.finished` and `.failed` or `.cancelled` are sent,
 * and a step that invoked it goes on (server: pkg/execution/executor/finalize.go).
 */
export function finish(core: Core, run: Run, end: End): void {
  if (hasEnded(run)) return;
  Object.assign(run, end, { endedAt: core.clock.now() });
  for (const job of core.state.jobsOf(run.id)) core.queue.drop(job);
  for (const step of core.state.stepsOf(run.id).values()) {
    core.timers.clear(`step:${run.id}/${step.id}`);
    core.waits.remove(`${run.id}/${step.id}`);
  }
  disarmCancellations(core, run, core.state.fns.get(run.fn));
  core.state.endRun(run);
  core.log(`run ${run.id} ${run.fn} ${run.status.toLowerCase()}${end.error ? `: ${end.error.message}` : ""}`);
  tell(core, run, end);
  core.state.forget(core.clock.now());
}

function tell(core: Core, run: Run, end: End): void {
  const now = core.clock.now();
  const events = core.state.eventsOf(run).map((event) => event.payload);
  events.forEach((event, index) => {
    // Handlers of these events must not set each other off for ever.
    if (event.name === FAILED || event.name === FINISHED) return;
    const correlationId = at(event, "data._inngest.correlation_id");
    // A batch reports on its first event, and on each that someone waits for.
    if (typeof correlationId !== "string" && index > 0) return;
    const data: JsonObject = {
      function_id: run.fn,
      run_id: run.id,
      event,
      events: events.map(withoutEmptyUser),
      ...(end.error ? { error: end.error } : {}),
      // A failure is its result too; only what was cancelled has none.
      ...(end.status === "CANCELLED" ? {} : { result: end.error ?? end.output ?? null }),
      ...(typeof correlationId === "string" ? { correlation_id: correlationId } : {}),
      _inngest: { status: STATUS_NAMES[end.status] },
    };
    const send = (name: string, id: string) => accept(core, { id, name, data, ts: now, user: {} });
    const finished = send(FINISHED, core.newId());
    if (typeof correlationId === "string") resumeInvoke(core, correlationId, run, end, finished.payload);
    // The run's id as the event's id: however often this is sent, each handler runs once.
    if (end.status === "FAILED") send(FAILED, run.id);
    if (end.status === "CANCELLED") send(CANCELLED, run.id);
  });
}

/** The list of events is written by other code of the server than the one event, and leaves this out. */
function withoutEmptyUser({ user, ...event }: EventPayload): JsonObject {
  return user && Object.keys(user).length > 0 ? { ...event, user } : event;
}
