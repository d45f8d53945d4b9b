import type { Core } from "./core";
import { type Html, html, layout, span, status, table, time } from "./html";
import type { Run } from "./model";

const PAGE = 50;
const STATUSES = ["QUEUED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"];

/** Rows of runs, linked to their pages. */
export const runRows = (runs: Run[]): Html[][] =>
  runs.map((run) => [
    html`<a href="/runs/${run.id}">${run.id}</a>`,
    html`<a href="/?function=${run.fn}">${run.fn}</a>`,
    status(run.status),
    time(run.queuedAt),
    html`${span(run.startedAt, run.endedAt)}`,
  ]);

export const RUN_HEADINGS = ["Run", "Function", "Status", "Queued", "Took"];

/** The runs, newest first, by function and status. */
export function runsPage(core: Core, query: URLSearchParams): string {
  const fn = query.get("function") ?? "";
  const wanted = query.get("status") ?? "";
  const page = Math.max(1, Math.floor(Number(query.get("page") ?? 1)) || 1);
  const found = [...core.state.runs.values()]
    .filter((run) => (fn === "" || run.fn === fn) && (wanted === "" || run.status === wanted))
    .reverse();
  const choice = (value: string, chosen: string, label = value) =>
    html`<option value="${value}"${value === chosen ? html` selected` : ""}>${label}</option>`;
  const link = (to: number, label: string) =>
    html`<a href="/?${new URLSearchParams({ function: fn, status: wanted, page: String(to) }).toString()}">${label}</a>`;
  const ids = [...core.state.fns.keys()].sort();
  return layout(
    "Runs",
    html`<form method="get" action="/"><label>Function <select name="function">${choice("", fn, "all")}${ids.map((id) => choice(id, fn))}</select></label>
<label>Status <select name="status">${choice("", wanted, "all")}${STATUSES.map((one) => choice(one, wanted, one.toLowerCase()))}</select></label>
<button>Show</button></form>
${table(`${found.length} runs`, RUN_HEADINGS, runRows(found.slice((page - 1) * PAGE, page * PAGE)))}
<p>${page > 1 ? link(page - 1, "Newer") : ""} ${found.length > page * PAGE ? link(page + 1, "Older") : ""}</p>`,
  );
}
