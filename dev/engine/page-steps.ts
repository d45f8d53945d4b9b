import type { Core } from "./core";
import { badge, data, type Html, html, span, time, until } from "./html";
import { isObject, type Json } from "./json";
import type { Attempt, Run, Step } from "./model";
import { parseFailure } from "./opcode";
import { invoked } from "./page-doing";

/** What kind of step it is, in the words of the SDK's users (server: pkg/enums/opcode.go). */
const KINDS: Record<string, string> = {
  Step: "step.run",
  StepRun: "step.run",
  StepError: "step.run",
  StepFailed: "step.run",
  StepPlanned: "step.run",
  Sleep: "step.sleep",
  WaitForEvent: "step.waitForEvent",
  InvokeFunction: "step.invoke",
};

/** The steps of a run in time: when in the run each took place, what came of it, and all about it on request. */
export function timeline(core: Core, run: Run): Html {
  const steps = [...core.state.stepsOf(run.id).values()];
  const now = core.clock.now();
  if (steps.length === 0) return html`<p class="empty">No step yet.</p>`;
  return html`<ol class="cards steps">${steps.map((step) => stepRow(core, run, step, now))}</ol>`;
}

function stepRow(core: Core, run: Run, step: Step, now: number): Html {
  const from = step.startedAt ?? step.queuedAt;
  const took = step.endedAt === undefined ? "" : span(step.endedAt - from);
  const failed = step.attempts.filter(({ error }) => error).length;
  return html`<li><span><strong>${step.name}</strong><br><span class="muted">${KINDS[step.op] ?? step.op}${step.invoke ? html` of ${invoked(core, step)}` : ""}</span></span>
${track(run, step, now)}<span class="end">${badge(step.status)} ${took}</span>
<details id="step-${step.id}"><summary>${summary(run, step, now)}${failed > 0 ? `, ${failed} failed ${failed === 1 ? "attempt" : "attempts"}` : ""}</summary>
${attempts(step.attempts, step.id)}
${step.input === undefined ? "" : html`<p>Input</p>${data("Input", step.input)}`}
${outcome(core, step)}</details></li>`;
}

/** What came of a step; an error that its last attempt has told already is not told twice. */
function outcome(core: Core, { result, attempts: tried }: Step): Html {
  if (result && result.type !== "error")
    return html`<p>Output</p>${sent(core, result.data)}${data("Output", result.data)}`;
  return result && tried.length === 0 ? failure(result.error) : html``;
}

/** What it waits or waited for, and when it began. */
function summary(run: Run, step: Step, now: number): Html {
  const at = step.startedAt ?? step.queuedAt;
  const began = html`+${span(at - (run.startedAt ?? run.queuedAt))}, ${time(at)}`;
  const end = step.until !== undefined && !step.result ? html`, until ${until(step.until, now)}` : "";
  if (step.wait)
    return html`${began}, for ${step.wait.event}${step.wait.if ? html` if <code>${step.wait.if}</code>` : ""}${end}`;
  return html`${began}${end}`;
}

/** The events that a step.sendEvent sent. */
function sent(core: Core, output: Json): Html[] {
  const ids = isObject(output) && Array.isArray(output.ids) ? output.ids : [];
  return ids.flatMap((id) => {
    const event = typeof id === "string" ? core.state.events.get(id) : undefined;
    return event ? html`<p>Sent <a href="/events/${event.id}">${event.payload.name}</a></p>` : [];
  });
}

/** When in the run's time the step was at work (failed attempts apart), and when it slept or waited. */
function track(run: Run, step: Step, now: number): Html {
  const from = run.startedAt ?? run.queuedAt;
  const whole = Math.max(1, (run.endedAt ?? now) - from);
  const share = (at: number) => Math.min(99.5, Math.max(0, ((at - from) / whole) * 100));
  const bar = (kind: string, start: number, end: number) =>
    html`<i class="${kind}" style="left:${share(start).toFixed(2)}%;width:${Math.max(0, share(end) - share(start)).toFixed(2)}%"></i>`;
  const rests = step.until !== undefined || step.wait !== undefined || step.invoke !== undefined;
  const end = step.endedAt ?? run.endedAt ?? now;
  const bars = step.attempts.map((one) => bar(one.error ? "failed" : "", one.startedAt, one.endedAt));
  if (rests || bars.length === 0) bars.push(bar(rests ? "rest" : "", step.startedAt ?? step.queuedAt, end));
  return html`<span class="track" aria-hidden="true">${bars}</span>`;
}

/** The attempts of one step or function, whose id is `of`. */
export const attempts = (all: Attempt[], of: string): Html =>
  html`<ol>${all.map(
    (one, index) =>
      html`<li>${time(one.startedAt)}, ${span(one.endedAt - one.startedAt)}${one.error ? failure(one.error, `stack-${of}-${index}`) : ", done"}</li>`,
  )}</ol>`;

/** An error's name and message, to be read, and its stack, where it has one: folded up when it is given an id. */
export function failure(error: Json, id?: string): Html {
  const { name, message, stack } = parseFailure(error);
  const lines = stack ? html`<pre tabindex="0" role="group" aria-label="Stack">${stack}</pre>` : "";
  const folded = stack && id ? html`<details id="${id}"><summary>Stack</summary>${lines}</details>` : lines;
  return html`<div class="failure"><p><strong>${name}</strong>: ${message}</p>${folded}</div>`;
}
