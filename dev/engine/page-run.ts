import type { Core } from "./core";
import { data, type Html, html, layout, span, status, table, time } from "./html";
import type { Attempt, Run, Step } from "./model";
import { hasEnded } from "./state";

/** One run: its events, its steps with their attempts, its result, and what can be done with it. */
export function runPage(core: Core, run: Run): string {
  const steps = [...core.state.stepsOf(run.id).values()];
  const origin = run.originalRunId;
  return layout(
    `Run of ${run.fn}`,
    html`<p>${run.id} · ${status(run.status)}${run.reason ? html` (${run.reason})` : ""} · queued ${time(run.queuedAt)}
${run.startedAt === undefined ? "" : html` · started ${time(run.startedAt)}`}
${run.endedAt === undefined ? "" : html` · ended ${time(run.endedAt)} after ${span(run.startedAt, run.endedAt)}`}
${run.cron === undefined ? "" : html` · by schedule ${run.cron}`}
${origin === undefined ? "" : html` · a rerun of <a href="/runs/${origin}">${origin}</a>`}</p>
${hasEnded(run) ? "" : button(run, "cancel", "Cancel")}${button(run, "rerun", "Run again")}
<h2>Result</h2>${run.error ? failure(run.error) : run.status === "COMPLETED" ? data(run.output ?? null) : html`<p>None yet.</p>`}
${table(
  "Steps",
  ["Step", "Kind", "Status", "Timing", "Attempts", "Input", "Output"],
  steps.map((step) => stepRow(step, run)),
)}
${run.attempts.length === 0 ? "" : html`<h2>Failed calls of the function</h2>${attempts(run.attempts)}`}
<h2>Events</h2>${core.state
      .eventsOf(run)
      .map(
        (event) =>
          html`<p><a href="/events/${event.id}">${event.payload.name}</a> ${time(event.at)}</p>${data(event.payload)}`,
      )}`,
  );
}

const button = (run: Run, action: string, label: string): Html =>
  html`<form method="post" action="/runs/${run.id}/${action}"><button>${label}</button></form>`;

function stepRow(step: Step, run: Run): Html[] {
  const waits = step.wait
    ? html`<br>for ${step.wait.event}${step.wait.if ? html` if <code>${step.wait.if}</code>` : ""}`
    : "";
  const child = step.invoke?.run;
  const invokes = step.invoke
    ? html`<br>${child ? html`<a href="/runs/${child}">${step.invoke.fn}</a>` : step.invoke.fn}`
    : "";
  const until = step.until !== undefined && !step.result ? html`<br>until ${time(step.until)}` : "";
  return [
    html`${step.name}`,
    html`${step.op}${waits}${invokes}`,
    html`${status(step.status)}${until}`,
    html`${track(step, run)}${span(step.startedAt ?? step.queuedAt, step.endedAt)}<br>${time(step.startedAt ?? step.queuedAt)}`,
    attempts(step.attempts),
    data(step.input),
    step.result?.type === "error" ? failure(step.result.error) : data(step.result?.data),
  ];
}

/** When in the run's time the step took place, as a bar. */
function track(step: Step, run: Run): Html {
  const from = run.startedAt ?? run.queuedAt;
  const whole = Math.max(1, (run.endedAt ?? step.endedAt ?? from) - from);
  const share = (at: number) => Math.min(100, Math.max(0, ((at - from) / whole) * 100));
  const start = share(step.startedAt ?? step.queuedAt);
  const width = share(step.endedAt ?? run.endedAt ?? from) - start;
  return html`<span class="track"><i style="left:${start.toFixed(1)}%;width:${Math.max(0, width).toFixed(1)}%"></i></span>`;
}

const attempts = (all: Attempt[]): Html =>
  html`<ol>${all.map(
    (one) =>
      html`<li>${time(one.startedAt)}, ${span(one.startedAt, one.endedAt)}${one.error ? failure(one.error) : ", done"}</li>`,
  )}</ol>`;

function failure(error: unknown): Html {
  const stack = typeof error === "object" && error !== null && "stack" in error ? error.stack : undefined;
  return html`<div class="FAILED">${typeof stack === "string" && stack !== "" ? html`<pre tabindex="0">${stack}</pre>` : data(error)}</div>`;
}
