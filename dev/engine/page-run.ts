import type { Core } from "./core";
import { badge, cards, data, facts, type Html, html, layout, span, time } from "./html";
import { FAILED } from "./intake";
import type { Run, StoredEvent } from "./model";
import { doing, invoker } from "./page-doing";
import { nameOf } from "./page-runs";
import { attempts, failure, timeline } from "./page-steps";
import { hasEnded } from "./state";

/** One run: what it is and does, its steps in time, its result, its events, and what can be done with it. */
export function runPage(core: Core, run: Run): string {
  const lines = doing(core, run);
  const result = run.error
    ? failure(run.error)
    : run.status === "COMPLETED"
      ? data("Result", run.output ?? null)
      : html`<p class="empty">None yet.</p>`;
  return layout(
    nameOf(core, run),
    "/",
    html`<div data-live>${about(core, run)}</div>
<div data-live>${
      lines.length === 0
        ? ""
        : html`<h2>Now</h2>${cards(
            lines.map((line) => html`<li>${line}</li>`),
            "",
          )}`
    }</div>
<h2>Steps</h2><div data-live>${timeline(core, run)}</div>
<h2>Result</h2><div data-live>${result}
${run.attempts.length === 0 ? "" : html`<h2>Failed calls of the function</h2><div class="card">${attempts(run.attempts, run.id)}</div>`}</div>
<h2>Events</h2>${cards(
      core.state
        .eventsOf(run)
        .map(
          (event) =>
            html`<li><a href="/events/${event.id}">${event.payload.name}</a> ${time(event.at)}${data("Event", event.payload)}</li>`,
        ),
      "They are forgotten: only the latest are kept.",
    )}
<h2>What can be done</h2><div data-live class="card">${hasEnded(run) ? "" : cancel(run)}
<form method="post" action="/runs/${run.id}/rerun"><button>Run again</button></form></div>`,
  );
}

/** Asks first: nothing of a run goes on after it. */
const cancel = (run: Run): Html =>
  html`<details id="cancel"><summary>Cancel this run…</summary><form method="post" action="/runs/${run.id}/cancel">
<p>It is not called again, and nothing that it has done is undone.</p><button>Cancel it</button></form></details>`;

const link = (core: Core, run: Run | undefined): Html | undefined =>
  run && html`<a href="/runs/${run.id}">${nameOf(core, run)}</a> ${badge(run.status)}`;

function about(core: Core, run: Run): Html {
  const end = run.endedAt ?? core.clock.now();
  const handlers = handlersOf(core, run);
  return facts([
    ["Status", html`${badge(run.status)}${run.reason ? ` ${run.reason}` : ""}`],
    ["Run", html`<code>${run.id}</code>`],
    ["Function", html`<a href="/?${new URLSearchParams({ function: run.fn }).toString()}">${run.fn}</a>`],
    ["By schedule", run.cron],
    ["Queued", time(run.queuedAt)],
    ["Started", run.startedAt === undefined ? undefined : time(run.startedAt)],
    ["Ended", run.endedAt === undefined ? undefined : time(run.endedAt)],
    [hasEnded(run) ? "Took" : "So far", run.startedAt === undefined ? undefined : span(end - run.startedAt)],
    ["Invoked by", link(core, invoker(core, run))],
    [
      "Its failure was handled by",
      handlers.length === 0 ? undefined : html`${handlers.map((one) => html`${link(core, one)} `)}`,
    ],
    ["Handles the failure of", link(core, failedOne(core, run))],
    ["Runs again", link(core, core.state.runs.get(run.originalRunId ?? ""))],
  ]);
}

/** The runs that `inngest/function.failed` started for a run: the event goes by its id. */
function handlersOf(core: Core, run: Run): Run[] {
  if (run.status !== "FAILED") return [];
  const told = ({ payload }: StoredEvent) => payload.name === FAILED && payload.id === run.id;
  return [...core.state.events.values()].filter(told).flatMap((event) => core.state.runsOf(event.id));
}

function failedOne(core: Core, run: Run): Run | undefined {
  const event = core.state.eventsOf(run)[0]?.payload;
  return event?.name === FAILED ? core.state.runs.get(event.id) : undefined;
}
