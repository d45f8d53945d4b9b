import { cards, data, type Html, html, pre, properties, time } from "../shared/html";
import type { Reply } from "../shared/http";
import type { Subject } from "../shared/subject";
import type { Core } from "./core";
import { FAILED } from "./intake";
import { isObject, type Json } from "./json";
import type { Attempt, Run, Step } from "./model";
import { parseFailure } from "./opcode";
import {
  dueTime,
  formatDuration,
  invokedFunction,
  invokingRun,
  nameOf,
  page,
  pathWith,
  pendingWork,
  statusBadge,
} from "./page-parts";
import { subjectLink } from "./page-runs";
import { hasEnded } from "./state";

/** One run: its properties, pending work, steps over time, result, events and actions. */
export async function runPage(core: Core, run: Run): Promise<Reply> {
  const [subject] = await core.subjects([core.state.eventsOf(run)[0]?.payload.data]);
  const pending = pendingWork(core, run).map((line) => html`<li>${line}</li>`);
  // Parallel steps are reported in the order in which they end.
  const steps = [...core.state.stepsOf(run.id).values()].sort((one, other) => startOf(one) - startOf(other));
  const result = run.error
    ? failure(run.error)
    : run.status === "COMPLETED"
      ? data("Result", run.output ?? null)
      : html`<p class="empty">None yet.</p>`;
  const failedCalls = html`<h2>Failed calls</h2><div class="card">${attempts(run.attempts, run.id)}</div>`;
  const events = core.state
    .eventsOf(run)
    .map(
      (event) =>
        html`<li><a href="/events/${event.id}">${event.payload.name}</a> ${time(event.at)}${data("Event", event.payload)}</li>`,
    );
  return page(
    subject ? `${nameOf(core, run)}: ${subject.label}` : nameOf(core, run),
    "/",
    html`<div data-live>${runProperties(core, run, subject)}</div>
<div data-live>${pending.length === 0 ? "" : html`<h2>Pending</h2>${cards(pending, "")}`}</div>
<h2>Steps</h2><div data-live>${
      steps.length === 0
        ? html`<p class="empty">No step yet.</p>`
        : html`<ol class="cards steps">${steps.map((step) => stepRow(core, run, step))}</ol>`
    }</div>
<h2>Result</h2><div data-live>${result}
${run.attempts.length === 0 ? "" : failedCalls}</div>
<h2>Events</h2>${cards(events, "They are deleted: only the latest are stored.")}
<h2>Actions</h2><div data-live class="card">${hasEnded(run) ? "" : cancelForm(run)}
<form method="post" action="/runs/${run.id}/rerun"><button>Rerun</button></form></div>`,
  );
}

/** Needs two clicks: a cancelled run cannot be resumed. */
const cancelForm = (run: Run): Html =>
  html`<details id="cancel"><summary>Cancel run…</summary><form method="post" action="/runs/${run.id}/cancel">
<p>The function is not called again. Its effects are not reverted.</p><button>Cancel run</button></form></details>`;

const link = (core: Core, run: Run | undefined): Html | undefined =>
  run && html`<a href="/runs/${run.id}">${nameOf(core, run)}</a> ${statusBadge(run.status)} `;

function runProperties(core: Core, run: Run, subject: Subject | undefined): Html {
  const end = run.endedAt ?? core.clock.now();
  const handlers = failureHandlers(core, run).map((one) => html`${link(core, one)}`);
  const event = core.state.eventsOf(run)[0]?.payload;
  const failed = event?.name === FAILED ? core.state.runs.get(event.id) : undefined;
  return properties([
    ["Status", html`${statusBadge(run.status)}${run.reason ? ` ${run.reason}` : ""}`],
    ["Subject", subjectLink(subject)],
    ["Run ID", html`<code>${run.id}</code>`],
    ["Function", html`<a href="${pathWith("/", { function: run.fn })}">${run.fn}</a>`],
    ["Schedule", run.cron],
    ["Queued at", time(run.queuedAt)],
    ["Started at", run.startedAt === undefined ? undefined : time(run.startedAt)],
    ["Ended at", run.endedAt === undefined ? undefined : time(run.endedAt)],
    ["Duration", run.startedAt === undefined ? undefined : formatDuration(end - run.startedAt)],
    ["Invoked by", link(core, invokingRun(core, run))],
    ["Failure handled by", handlers.length === 0 ? undefined : html`${handlers}`],
    ["Handles the failure of", link(core, failed)],
    ["Rerun of", link(core, core.state.runs.get(run.originalRunId ?? ""))],
  ]);
}

/** The runs that `inngest/function.failed` started for a run; that event has the run's id. */
function failureHandlers(core: Core, run: Run): Run[] {
  if (run.status !== "FAILED") return [];
  return [...core.state.events.values()]
    .filter(({ payload }) => payload.name === FAILED && payload.id === run.id)
    .flatMap((event) => core.state.runsOf(event.id));
}

/** The kind of a step in the words of the SDK (server: pkg/enums/opcode.go). */
const KINDS: Record<string, string> = {
  Sleep: "step.sleep",
  WaitForEvent: "step.waitForEvent",
  InvokeFunction: "step.invoke",
};
const kindOf = (op: string) => KINDS[op] ?? (op.startsWith("Step") ? "step.run" : op);

const startOf = (step: Step): number => step.startedAt ?? step.queuedAt;

function stepRow(core: Core, run: Run, step: Step): Html {
  const now = core.clock.now();
  const from = startOf(step);
  const took = step.endedAt === undefined ? "" : formatDuration(step.endedAt - from);
  const failed = step.attempts.filter(({ error }) => error).length;
  return html`<li><span><strong>${step.name}</strong><br><span class="muted">${kindOf(step.op)}${step.invoke ? html` of ${invokedFunction(core, step)}` : ""}</span></span>
${timeBar(run, step, now)}<span class="end">${statusBadge(step.status)} ${took}</span>
<details id="step-${step.id}"><summary>${summary(run, step, now)}${failed > 0 ? `, ${failed} failed ${failed === 1 ? "attempt" : "attempts"}` : ""}</summary>
${attempts(step.attempts, step.id)}
${step.input === undefined ? "" : html`<p>Input</p>${data("Input", step.input)}`}
${outcome(core, step)}</details></li>`;
}

/** The output of a step, or its error unless an attempt shows it already. */
function outcome(core: Core, { result, attempts }: Step): Html {
  if (!result) return html``;
  if (result.type === "error") return attempts.length === 0 ? failure(result.error) : html``;
  return html`<p>Output</p>${sentEvents(core, result.data)}${data("Output", result.data)}`;
}

function summary(run: Run, step: Step, now: number): Html {
  const at = startOf(step);
  const began = html`+${formatDuration(at - (run.startedAt ?? run.queuedAt))}, ${time(at)}`;
  const condition = step.wait?.if ? html` if <code>${step.wait.if}</code>` : "";
  const wait = step.wait ? html`, for ${step.wait.event}${condition}` : "";
  return html`${began}${wait}${step.until !== undefined && !step.result ? html`, until ${dueTime(step.until, now)}` : ""}`;
}

/** Links to the events that a step.sendEvent sent. */
function sentEvents(core: Core, output: Json): Html[] {
  const ids = isObject(output) && Array.isArray(output.ids) ? output.ids : [];
  return ids.flatMap((id) => {
    const event = typeof id === "string" ? core.state.events.get(id) : undefined;
    return event ? html`<p>Sent <a href="/events/${event.id}">${event.payload.name}</a></p>` : [];
  });
}

/** A bar that shows when in the run's time the step ran, failed, and slept or waited. */
function timeBar(run: Run, step: Step, now: number): Html {
  const from = run.startedAt ?? run.queuedAt;
  const whole = Math.max(1, (run.endedAt ?? now) - from);
  const share = (at: number) => Math.min(99.5, Math.max(0, ((at - from) / whole) * 100));
  const bar = (kind: string, start: number, end: number) =>
    html`<i class="${kind}" style="left:${share(start).toFixed(2)}%;width:${Math.max(0, share(end) - share(start)).toFixed(2)}%"></i>`;
  const waits = step.until !== undefined || step.wait !== undefined || step.invoke !== undefined;
  const end = step.endedAt ?? run.endedAt ?? now;
  const bars = step.attempts.map((one) => bar(one.error ? "failed" : "", one.startedAt, one.endedAt));
  if (waits || bars.length === 0) bars.push(bar(waits ? "rest" : "", startOf(step), end));
  return html`<span class="track" aria-hidden="true">${bars}</span>`;
}

/** The attempts of the step or function with the id `owner`. */
const attempts = (all: Attempt[], owner: string): Html =>
  html`<ol>${all.map(
    (one, index) =>
      html`<li>${time(one.startedAt)}, ${formatDuration(one.endedAt - one.startedAt)}${one.error ? failure(one.error, `stack-${owner}-${index}`) : ", done"}</li>`,
  )}</ol>`;

/** An error's name, message and stack. The stack is folded up when it is given an id. */
function failure(error: Json, id?: string): Html {
  const { name, message, stack } = parseFailure(error);
  const lines = stack ? pre("Stack", stack) : "";
  const folded = stack && id ? html`<details id="${id}"><summary>Stack</summary>${lines}</details>` : lines;
  return html`<div class="failure"><p><strong>${name}</strong>: ${message}</p>${folded}</div>`;
}
