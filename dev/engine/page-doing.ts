import type { Core } from "./core";
import { type Html, html, until } from "./html";
import type { Run, Step } from "./model";
import { hasEnded } from "./state";

/** What a run that has not ended is waiting for, and until when, a line for each. */
export function doing(core: Core, run: Run): Html[] {
  if (hasEnded(run)) return [];
  const now = core.clock.now();
  const steps = [...core.state.stepsOf(run.id).values()];
  const waits = steps.flatMap((step) => waiting(core, step, now) ?? []);
  const most = core.state.fns.get(run.fn)?.maxAttempts;
  const calls = core.state.jobsOf(run.id).flatMap((id) => {
    const job = core.state.jobs.get(id);
    if (!job) return [];
    const step = steps.find(({ id, status }) => (job.step === undefined ? status === "RETRYING" : id === job.step));
    const what = step ? html`step <strong>${step.name}</strong>` : "the function";
    if (job.refused > 0)
      return html`The app cannot be reached; ${what} is called again by ${until(job.at, now)}, so far ${job.refused} times.`;
    if (job.at > now)
      return html`Calls ${what} again at ${until(job.at, now)}, attempt ${job.attempt + 1}${most ? ` of ${most}` : ""}.`;
    return html`${run.status === "QUEUED" ? "Waits for its turn to call" : "Calls"} ${what}.`;
  });
  return [...waits, ...calls];
}

function waiting(core: Core, step: Step, now: number): Html | undefined {
  if (step.result || step.until === undefined || step.status === "RETRYING") return undefined;
  const name = html`<strong>${step.name}</strong>`;
  if (step.invoke) return html`${name} waits for ${invoked(core, step)} until ${until(step.until, now)}.`;
  if (!step.wait) return html`${name} sleeps until ${until(step.until, now)}.`;
  const condition = step.wait.if === undefined ? "" : html`, if <code>${step.wait.if}</code>,`;
  return html`${name} waits for the event <a href="/events?${new URLSearchParams({ name: step.wait.event }).toString()}">${step.wait.event}</a>${condition} until ${until(step.until, now)}.`;
}

/** The function that a step invoked, linked to its run where there is one already. */
export function invoked(core: Core, step: Step): Html {
  const { fn = "", run, correlationId } = step.invoke ?? {};
  const child = run ?? childOf(core, correlationId);
  return child ? html`<a href="/runs/${child}">${fn}</a>` : html`${fn}`;
}

const correlation = (core: Core, run: Run) => {
  const inngest = core.state.eventsOf(run)[0]?.payload.data._inngest;
  return typeof inngest === "object" && inngest !== null && !Array.isArray(inngest)
    ? inngest.correlation_id
    : undefined;
};

const childOf = (core: Core, correlationId: string | undefined) =>
  correlationId && [...core.state.runs.values()].find((run) => correlation(core, run) === correlationId)?.id;

/** The run that invoked this one (`<run>.<step>` is what they know each other by). */
export function invoker(core: Core, run: Run): Run | undefined {
  const id = correlation(core, run);
  return typeof id === "string" ? core.state.runs.get(id.split(".")[0] ?? "") : undefined;
}
