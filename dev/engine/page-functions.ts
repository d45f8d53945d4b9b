import type { Core } from "./core";
import { nextCron } from "./cron";
import { cards, data, type Html, html, layout, until } from "./html";
import type { Fn, Run, Trigger } from "./model";

/** Every function with its triggers, its next scheduled run, how its runs stand, and its configuration. */
export function functionsPage(core: Core): string {
  const fns = [...core.state.fns.values()].filter((fn) => !fn.removed).sort((a, b) => a.name.localeCompare(b.name));
  const runs = [...core.state.runs.values()];
  return layout(
    "Functions",
    "/functions",
    html`<div data-live>${cards(
      fns.map((fn) =>
        fnCard(
          core,
          fn,
          runs.filter((run) => run.fn === fn.id),
        ),
      ),
      "No function yet. They come when an app registers.",
    )}</div>`,
  );
}

function fnCard(core: Core, fn: Fn, runs: Run[]): Html {
  const now = core.clock.now();
  const next = nextRun(fn, now);
  const count = (status: string) => {
    const some = runs.filter((run) => run.status === status).length;
    const query = new URLSearchParams({ function: fn.id, status }).toString();
    return some === 0 ? "" : html`<a class="badge ${status}" href="/?${query}">${some} ${status.toLowerCase()}</a> `;
  };
  return html`<li class="pair" id="${fn.id}"><strong>${fn.name}</strong><span class="end fold">${["QUEUED", "RUNNING", "FAILED", "CANCELLED", "COMPLETED"].map(count)}</span>
<span class="wide"><a href="/?${new URLSearchParams({ function: fn.id }).toString()}">${fn.id}</a></span>
<span class="wide">${fn.triggers.map((trigger) => html`${triggerOf(trigger)}<br>`)}${next === undefined ? "" : html`Next: ${until(next, now)}`}</span>
<details class="wide" id="config-${fn.id}"><summary>Configuration</summary>${data(`Configuration of ${fn.name}`, fn.config)}</details></li>`;
}

function triggerOf({ cron, event = "", expression }: Trigger): Html {
  if (cron !== undefined) return html`By schedule <code>${cron}</code>`;
  const condition = expression ? html` if <code>${expression}</code>` : "";
  return html`On <a href="/events?${new URLSearchParams({ name: event }).toString()}">${event}</a>${condition}`;
}

function nextRun(fn: Fn, now: number): number | undefined {
  const times = fn.triggers.flatMap(({ cron }) => (cron === undefined ? [] : (nextCron(cron, now) ?? [])));
  return times.length === 0 ? undefined : Math.min(...times);
}
