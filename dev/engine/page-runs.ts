import { cards, type Html, html, pager, paginate, searchForm, time } from "../shared/html";
import type { Reply } from "../shared/http";
import type { Subject } from "../shared/subject";
import type { Core } from "./core";
import { holds } from "./expression";
import type { Run, RunStatus } from "./model";
import { formatDuration, nameOf, page, pathWith, pendingWork, STATUSES, statusBadge } from "./page-parts";
import { rerun } from "./routes-read";
import { finish } from "./run-end";
import { hasEnded } from "./state";

const PAGE_SIZE = 50;
/** Characters of an event's data in a row. */
const DATA_LENGTH = 160;

/** The id of the form of the buttons for several runs, to which the boxes of the list belong. */
const BULK_FORM = "bulk";

/** A run, and what its first event is about. */
interface Found {
  run: Run;
  subject: Subject | undefined;
}

/** Finds the subjects of many runs in one call. */
async function withSubjects(core: Core, runs: Run[]): Promise<Found[]> {
  const subjects = await core.subjects(runs.map((run) => core.state.eventsOf(run)[0]?.payload.data));
  return runs.map((run, index) => ({ run, subject: subjects[index] }));
}

/** The link to the page of a subject in the app. */
export const subjectLink = (subject: Subject | undefined): Html | undefined =>
  subject && html`<a href="${subject.url}">${subject.label}</a>`;

function triggerOf(core: Core, run: Run): string {
  const [event, ...more] = core.state.eventsOf(run);
  if (run.cron !== undefined) return `schedule ${run.cron}`;
  return `${event?.payload.name ?? "a deleted event"}${more.length > 0 ? ` and ${more.length} more` : ""}`;
}

/** The values of a run's first event, such as `orderId ord_1, attempt 1`. */
function dataText(core: Core, run: Run): string {
  const values = Object.entries(core.state.eventsOf(run)[0]?.payload.data ?? {}).filter(
    ([, value]) => typeof value === "string" || typeof value === "number",
  );
  return values
    .map(([name, value]) => `${name} ${value}`)
    .join(", ")
    .slice(0, DATA_LENGTH);
}

/** A list of runs. Each shows what it is about, its pending work or its result, and links to its page. */
export async function runCards(core: Core, runs: Run[], none: Html | string, selectable = false): Promise<Html> {
  const found = await withSubjects(core, runs);
  return cards(
    found.map(({ run, subject }) => runCard(core, run, subject, selectable)),
    none,
  );
}

function runCard(core: Core, run: Run, subject: Subject | undefined, selectable: boolean): Html {
  const took =
    run.startedAt !== undefined && run.endedAt !== undefined ? formatDuration(run.endedAt - run.startedAt) : "";
  const error = run.error
    ? html`<span class="wide failure">${run.error.name}: ${run.error.message.slice(0, 200)}</span>`
    : "";
  const name = nameOf(core, run);
  const box = html`<input type="checkbox" form="${BULK_FORM}" name="run" value="${run.id}" aria-label="Select ${name} ${subject?.label}, ${run.id}">`;
  return html`<li class="link pair${selectable ? " pick" : ""}">${selectable ? box : ""}<a href="/runs/${run.id}">${name}</a><span class="end">${statusBadge(run.status)}</span>
<span class="muted">${subject ? html`<strong>${subjectLink(subject)}</strong> · ` : ""}${triggerOf(core, run)}</span><span class="end fold">${time(run.queuedAt)}${took && ` · ${took}`}</span>
${subject || run.cron ? "" : html`<code class="wide one muted">${dataText(core, run)}</code>`}${error}${pendingWork(core, run).map((line) => html`<span class="wide">${line}</span>`)}</li>`;
}

/** What the page of runs and the buttons for several runs select by. Times are UTC, as `2026-01-31T09:30`. */
function filtersOf(query: URLSearchParams) {
  const text = (name: string) => query.get(name)?.trim() ?? "";
  const time = (name: string) => Date.parse(`${text(name)}Z`);
  return {
    ...{ fn: text("function"), status: text("status"), text: text("q"), from: time("from"), to: time("to") },
    /** An expression over `event`, as the Dev Server's list takes it. */
    search: text("search"),
  };
}

/** The runs of the filters but the status, newest first. */
async function findRuns(core: Core, { fn, text, from, to, search }: ReturnType<typeof filtersOf>): Promise<Run[]> {
  const runs = [...core.state.runs.values()]
    .filter((run) => (fn === "" || run.fn === fn) && !(run.queuedAt < from) && !(run.queuedAt > to))
    .filter((run) => search === "" || core.state.eventsOf(run).some(({ payload }) => holds(search, { event: payload })))
    .reverse();
  if (text === "") return runs;
  const wanted = text.toLowerCase().replace(/^#/, "");
  return (await withSubjects(core, runs)).filter((found) => contains(core, found, wanted)).map(({ run }) => run);
}

function contains(core: Core, { run, subject }: Found, text: string): boolean {
  const events = core.state.eventsOf(run).map((event) => JSON.stringify(event));
  return [run.id, run.fn, nameOf(core, run), run.error?.message, subject?.text, ...events].some((field) =>
    field?.toLowerCase().includes(text),
  );
}

/** The page of runs, newest first. Filters: function, status, time, and text in their ids, subjects, errors and events. */
export async function runsPage(core: Core, query: URLSearchParams): Promise<Reply> {
  const filters = filtersOf(query);
  const found = await findRuns(core, filters);
  const shown = found.filter((run) => filters.status === "" || run.status === filters.status);
  const { items, nextCursor } = paginate(shown, query.get("cursor"), PAGE_SIZE);
  const none =
    core.state.runs.size > 0
      ? html`No such run. <a href="/">All runs</a>`
      : "No run yet. An event that triggers a function starts one.";
  return page(
    "Runs",
    "/",
    html`${notice(query)}${searchForm("Order, email or text in the event", "q", filters.text, filterFields(core, query))}
<form method="post" action="/pause"><p>${core.queue.paused ? "The engine is paused: it accepts events, and calls no function. " : ""}<button name="paused" value="${String(!core.queue.paused)}">${core.queue.paused ? "Continue" : "Pause the engine"}</button></p></form>
${statusTabs(query, filters.status, found)}${bulkForm(query, shown.length)}
<div data-live>${await runCards(core, items, none, true)}${pager("/", query, nextCursor)}</div>`,
  );
}

function filterFields(core: Core, query: URLSearchParams): Html {
  const options = [...core.state.fns.keys()]
    .sort()
    .map((id) => html`<option${id === query.get("function") ? html` selected` : ""}>${id}</option>`);
  const time = (label: string, name: string) =>
    html`<label>${label} <input type="datetime-local" name="${name}" value="${query.get(name) ?? ""}"></label>`;
  const search = query.get("search");
  return html`<input type="hidden" name="status" value="${query.get("status") ?? ""}">
${search ? html`<label class="grow">Expression <input name="search" value="${search}"></label>` : ""}
<label class="grow">Function <select name="function"><option value="">all</option>${options}</select></label>
${time("From (UTC)", "from")}${time("To (UTC)", "to")}`;
}

function statusTabs(query: URLSearchParams, status: string, found: Run[]): Html {
  const tab = (value: string, label: string, count: number) => {
    const { cursor, ...params } = Object.fromEntries(query);
    return html`<li><a href="${pathWith("/", { ...params, status: value })}"${value === status ? html` aria-current="true"` : ""}>${label} ${count}</a></li>`;
  };
  const tabs = STATUSES.map((one) => tab(one, one.toLowerCase(), found.filter((run) => run.status === one).length));
  return html`<nav aria-label="Status" data-live><ul>${tab("", "all", found.length)}${tabs}</ul></nav>`;
}

/** Buttons for the selected runs, and for all of the list. The second kind needs two clicks. */
const bulkForm = (query: URLSearchParams, count: number): Html =>
  html`<form id="${BULK_FORM}" method="post" action="/bulk?${query.toString()}">
<button name="action" value="rerun">Rerun selected</button><button name="action" value="cancel">Cancel selected</button>
<details id="all"><summary>All of this list…</summary><p data-live>${count} runs. A cancelled run cannot be resumed, and its effects are not reverted.</p>
<p class="row"><button name="action" value="rerun-all">Rerun all</button><button name="action" value="cancel-all">Cancel all that have not ended</button></p></details></form>`;

function notice(query: URLSearchParams): Html {
  const [action, count] = query.get("done")?.split(" ") ?? [];
  if (count === undefined) return html``;
  return html`<p role="status"><strong>${action === "cancel" ? "Cancelled" : "Started"} ${Number(count)} ${count === "1" ? "run" : "runs"}.</strong></p>`;
}

/** Reruns or cancels the runs that the form names, or all of the list. Returns the address of the list with the count. */
export async function actOnRuns(core: Core, query: URLSearchParams, form: URLSearchParams): Promise<string> {
  const [action, all] = form.get("action")?.split("-") ?? [];
  const { status, ...filters } = filtersOf(query);
  const runs = all
    ? (await findRuns(core, { ...filters, status })).filter((run) => status === "" || run.status === status)
    : form.getAll("run").flatMap((id) => core.state.runs.get(id) ?? []);
  const done = runs.filter((run) => {
    if (action === "rerun") return rerun(core, run);
    if (hasEnded(run)) return false;
    finish(core, run, { status: "CANCELLED" satisfies RunStatus, reason: "by a user" });
    return true;
  });
  return pathWith("/", { ...Object.fromEntries(query), done: `${action} ${done.length}` });
}
