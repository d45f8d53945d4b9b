import { badge, cards, type Html, html, pager, pagesOf, paginate, searchForm, time } from "../shared/html";
import type { Reply } from "../shared/http";
import type { Core } from "./core";
import { at } from "./json";
import type { Run, Step } from "./model";
import { hasEnded } from "./state";

export const page = pagesOf({
  name: "Engine",
  menu: [
    { href: "/", label: "Runs" },
    { href: "/events", label: "Events" },
    { href: "/functions", label: "Functions" },
    { href: "/send", label: "Send event" },
  ],
});

const STATUSES = ["QUEUED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"];
const TONES: Record<string, string> = {
  COMPLETED: "good",
  PLANNED: "",
  FAILED: "bad",
  CANCELLED: "bad",
  TIMED_OUT: "",
};

export const toneOf = (status: string): string => TONES[status] ?? "wait";

export const statusBadge = (status: string): Html => badge(status.toLowerCase().replace("_", " "), toneOf(status));

/** Formats a duration in a suitable unit. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${(ms / 60_000).toFixed(1)} min`;
  return ms < 172_800_000 ? `${(ms / 3_600_000).toFixed(1)} h` : `${(ms / 86_400_000).toFixed(1)} days`;
}

/** A time in the future with the duration until then. */
export const dueTime = (due: number, now: number): Html =>
  html`${time(due)}${due > now ? ` (in ${formatDuration(due - now)})` : ""}`;

export const pathWith = (path: string, params: Record<string, string>): string =>
  `${path}?${new URLSearchParams(params).toString()}`;

export const nameOf = (core: Core, run: Run): string => core.state.fns.get(run.fn)?.name ?? run.fn;

function triggerOf(core: Core, run: Run): string {
  const [event, ...more] = core.state.eventsOf(run);
  if (run.cron !== undefined) return `schedule ${run.cron}`;
  return `${event?.payload.name ?? "a deleted event"}${more.length > 0 ? ` and ${more.length} more` : ""}`;
}

/** A list of runs. Each shows its pending work or its result, and links to its page. */
export const runCards = (core: Core, runs: Run[], none: Html | string): Html =>
  cards(
    runs.map((run) => {
      const took =
        run.startedAt !== undefined && run.endedAt !== undefined ? formatDuration(run.endedAt - run.startedAt) : "";
      const error = run.error
        ? html`<span class="wide failure">${run.error.name}: ${run.error.message.slice(0, 200)}</span>`
        : "";
      return html`<li class="link pair"><a href="/runs/${run.id}">${nameOf(core, run)}</a><span class="end">${statusBadge(run.status)}</span>
<span class="muted">${triggerOf(core, run)}</span><span class="end fold">${time(run.queuedAt)}${took && ` · ${took}`}</span>
${error}${pendingWork(core, run).map((line) => html`<span class="wide">${line}</span>`)}</li>`;
    }),
    none,
  );

/** The page of runs, newest first. Filters: function, status, and text in their ids and events. */
export function runsPage(core: Core, query: URLSearchParams): Reply {
  const fn = query.get("function") ?? "";
  const status = query.get("status") ?? "";
  const text = query.get("q")?.trim() ?? "";
  const found = [...core.state.runs.values()]
    .filter((run) => (fn === "" || run.fn === fn) && (text === "" || contains(core, run, text.toLowerCase())))
    .reverse();
  const shown = found.filter((run) => status === "" || run.status === status);
  const { items, nextCursor } = paginate(shown, query.get("cursor"), 50);
  const tab = (value: string, label: string, count: number) =>
    html`<li><a href="${pathWith("/", { function: fn, q: text, status: value })}"${value === status ? html` aria-current="true"` : ""}>${label} ${count}</a></li>`;
  const tabs = STATUSES.map((one) => tab(one, one.toLowerCase(), found.filter((run) => run.status === one).length));
  const options = [...core.state.fns.keys()]
    .sort()
    .map((id) => html`<option${id === fn ? html` selected` : ""}>${id}</option>`);
  const none =
    core.state.runs.size > 0
      ? html`No such run. <a href="/">All runs</a>`
      : "No run yet. An event that triggers a function starts one.";
  const filters = html`<input type="hidden" name="status" value="${status}">
<label class="grow">Function <select name="function"><option value="">all</option>${options}</select></label>`;
  return page(
    "Runs",
    "/",
    html`${searchForm("ID or text in the event", "q", text, filters)}
<form method="post" action="/pause"><p>${core.queue.paused ? "The engine is paused: it accepts events, and calls no function. " : ""}<button name="paused" value="${String(!core.queue.paused)}">${core.queue.paused ? "Continue" : "Pause the engine"}</button></p></form>
<nav aria-label="Status" data-live><ul>${tab("", "all", found.length)}${tabs}</ul></nav>
<div data-live>${runCards(core, items, none)}${pager("/", query, nextCursor)}</div>`,
  );
}

function contains(core: Core, run: Run, text: string): boolean {
  const fields = [run.id, run.fn, nameOf(core, run), ...core.state.eventsOf(run).map((one) => JSON.stringify(one))];
  return fields.some((field) => field.toLowerCase().includes(text));
}

/** The pending work of a run that has not ended: one line for each wait or call, with its time. */
export function pendingWork(core: Core, run: Run): Html[] {
  if (hasEnded(run)) return [];
  const now = core.clock.now();
  const steps = [...core.state.stepsOf(run.id).values()];
  const calls = core.state.jobsOf(run.id).flatMap((id) => {
    const job = core.state.jobs.get(id);
    if (!job) return [];
    const step = steps.find(({ id, status }) => (job.step === undefined ? status === "RETRYING" : id === job.step));
    const what = step ? html`step <strong>${step.name}</strong>` : "the function";
    if (job.refused > 0)
      return html`The app cannot be reached; ${what} is called again at ${dueTime(job.at, now)}, ${job.refused} times so far.`;
    if (job.at > now)
      return html`Calls ${what} again at ${dueTime(job.at, now)}, attempt ${job.attempt + 1} of ${run.maxAttempts}.`;
    return html`${run.status === "QUEUED" ? "Waits for a slot to call" : "Calls"} ${what}.`;
  });
  return [...steps.flatMap((step) => waitOf(core, step, now) ?? []), ...calls];
}

function waitOf(core: Core, step: Step, now: number): Html | undefined {
  if (step.result || step.until === undefined || step.status === "RETRYING") return undefined;
  const name = html`<strong>${step.name}</strong>`;
  if (step.invoke) return html`${name} waits for ${invokedFunction(core, step)} until ${dueTime(step.until, now)}.`;
  if (!step.wait) return html`${name} sleeps until ${dueTime(step.until, now)}.`;
  const condition = step.wait.if === undefined ? "" : html`, if <code>${step.wait.if}</code>,`;
  return html`${name} waits for the event <a href="${pathWith("/events", { name: step.wait.event })}">${step.wait.event}</a>${condition} until ${dueTime(step.until, now)}.`;
}

/** The function that a step invoked, linked to its run if there is one. */
export function invokedFunction(core: Core, step: Step): Html {
  const { fn = "", run, correlationId } = step.invoke ?? {};
  const invoked = run ?? [...core.state.runs.values()].find((one) => correlationOf(core, one) === correlationId)?.id;
  return invoked ? html`<a href="/runs/${invoked}">${fn}</a>` : html`${fn}`;
}

const correlationOf = (core: Core, run: Run) =>
  at(core.state.eventsOf(run)[0]?.payload, "data._inngest.correlation_id");

/** The run that invoked this one; a correlation id is `<run>.<step>`. */
export function invokingRun(core: Core, run: Run): Run | undefined {
  const id = correlationOf(core, run);
  return typeof id === "string" ? core.state.runs.get(id.split(".")[0] ?? "") : undefined;
}
