import type { Core } from "./core";
import { badge, cards, type Html, html, layout, paged, span, time } from "./html";
import type { Run } from "./model";
import { doing } from "./page-doing";

const STATUSES = ["QUEUED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"];

export const nameOf = (core: Core, run: Run): string => core.state.fns.get(run.fn)?.name ?? run.fn;

/** What started a run. */
const causeOf = (core: Core, run: Run): string => {
  const [event, ...more] = core.state.eventsOf(run);
  if (run.cron !== undefined) return `by schedule ${run.cron}`;
  return `${event?.payload.name ?? "an event that is forgotten"}${more.length > 0 ? ` and ${more.length} more` : ""}`;
};

/** Runs, each linked to its page, with what they are waiting for or how they ended. */
export const runCards = (core: Core, runs: Run[], none: Html | string): Html =>
  cards(
    runs.map((run) => {
      const took = run.startedAt !== undefined && run.endedAt !== undefined ? span(run.endedAt - run.startedAt) : "";
      const why = run.error
        ? html`<span class="wide failure">${run.error.name}: ${run.error.message.slice(0, 200)}</span>`
        : "";
      return html`<li class="link pair"><a href="/runs/${run.id}">${nameOf(core, run)}</a><span class="end">${badge(run.status)}</span>
<span class="muted">${causeOf(core, run)}</span><span class="end fold">${time(run.queuedAt)}${took && ` · ${took}`}</span>
${why}${doing(core, run).map((line) => html`<span class="wide">${line}</span>`)}</li>`;
    }),
    none,
  );

/** Whether a word stands in what a run is about: its ids, its function, its events. */
function tells(core: Core, run: Run, words: string): boolean {
  const about = [run.id, run.fn, nameOf(core, run), ...core.state.eventsOf(run).map((one) => JSON.stringify(one))];
  return about.some((text) => text.toLowerCase().includes(words));
}

/** The runs, newest first, by function, status, and words in their events. */
export function runsPage(core: Core, query: URLSearchParams): string {
  const fn = query.get("function") ?? "";
  const wanted = query.get("status") ?? "";
  const words = query.get("q")?.trim() ?? "";
  const found = [...core.state.runs.values()]
    .filter((run) => (fn === "" || run.fn === fn) && (words === "" || tells(core, run, words.toLowerCase())))
    .reverse();
  const shown = found.filter((run) => wanted === "" || run.status === wanted);
  const { items, pager } = paged(shown, "/", query);
  const tab = (status: string, label: string, count: number) =>
    html`<li><a href="/?${new URLSearchParams({ function: fn, q: words, status }).toString()}"${status === wanted ? html` aria-current="true"` : ""}>${label} ${count}</a></li>`;
  const counts = STATUSES.map((status) =>
    tab(status, status.toLowerCase(), found.filter((run) => run.status === status).length),
  );
  const ids = [...core.state.fns.keys()].sort();
  const none =
    core.state.runs.size > 0
      ? html`No such run. <a href="/">All runs</a>`
      : "No run yet. An event that a function listens to starts one.";
  return layout(
    "Runs",
    "/",
    html`<form method="get" action="/" role="search"><input type="hidden" name="status" value="${wanted}">
<label class="grow">Function <select name="function"><option value="">all</option>${ids.map((id) => html`<option${id === fn ? html` selected` : ""}>${id}</option>`)}</select></label>
<label class="grow">Id or words in the event <input type="search" name="q" value="${words}"></label><button>Show</button></form>
<nav aria-label="By status" data-live><ul>${tab("", "all", found.length)}${counts}</ul></nav>
<div data-live>${runCards(core, items, none)}${pager}</div>`,
  );
}
