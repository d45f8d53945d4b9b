import type { Core } from "./core";
import { nextCron } from "./cron";
import { data, html, layout, table, time } from "./html";
import type { Fn } from "./model";

/** Every function with its triggers, its next scheduled run and its configuration. */
export function functionsPage(core: Core): string {
  const fns = [...core.state.fns.values()].filter((fn) => !fn.removed);
  return layout(
    "Functions",
    table(
      "Functions",
      ["Function", "Triggers", "Next by schedule", "Configuration"],
      fns.map((fn) => [
        html`<a href="/?function=${fn.id}">${fn.id}</a><br>${fn.name}`,
        html`${fn.triggers.map((one) => html`${one.cron ?? one.event}${one.expression ? html` if <code>${one.expression}</code>` : ""}<br>`)}`,
        time(nextRun(fn, core.clock.now())),
        html`<details><summary>Show</summary>${data(fn.config)}</details>`,
      ]),
    ),
  );
}

function nextRun(fn: Fn, now: number): number | undefined {
  const times = fn.triggers.flatMap(({ cron }) => (cron === undefined ? [] : (nextCron(cron, now) ?? [])));
  return times.length === 0 ? undefined : Math.min(...times);
}
