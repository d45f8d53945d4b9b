import { badge, type Html, html, pagesOf, time } from "../shared/html";
import type { Core } from "./core";
import { at } from "./json";
import type { Run, Step } from "./model";
import { hasEnded } from "./state";

export const page = pagesOf({
  name: "Engine",
  menu: [
    { href: "/", label: "Runs" },
    { href: "/events", label: "Events" },
    { href: "/functions", label: "Functions" },
    { href: "/send", label: "Send event" },
  ],
});

export const STATUSES = ["QUEUED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"];

const TONES: Record<string, string> = {
  COMPLETED: "good",
  PLANNED: "",
  FAILED: "bad",
  CANCELLED: "bad",
  TIMED_OUT: "",
};

export const toneOf = (status: string): string => TONES[status] ?? "wait";

export const statusBadge = (status: string): Html => badge(status.toLowerCase().replace("_", " "), toneOf(status));

/** Formats a duration in a suitable unit. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${(ms / 60_000).toFixed(1)} min`;
  return ms < 172_800_000 ? `${(ms / 3_600_000).toFixed(1)} h` : `${(ms / 86_400_000).toFixed(1)} days`;
}

/** A time in the future with the duration until then. */
export const dueTime = (due: number, now: number): Html =>
  html`${time(due)}${due > now ? ` (in ${formatDuration(due - now)})` : ""}`;

export const pathWith = (path: string, params: Record<string, string>): string =>
  `${path}?${new URLSearchParams(params).toString()}`;

export const nameOf = (core: Core, run: Run): string => core.state.fns.get(run.fn)?.name ?? run.fn;

/** The pending work of a run that has not ended: one line for each wait or call, with its time. */
export function pendingWork(core: Core, run: Run): Html[] {
  if (hasEnded(run)) return [];
  const now = core.clock.now();
  const steps = [...core.state.stepsOf(run.id).values()];
  const calls = core.state.jobsOf(run.id).flatMap((id) => {
    const job = core.state.jobs.get(id);
    if (!job) return [];
    const step = steps.find(({ id, status }) => (job.step === undefined ? status === "RETRYING" : id === job.step));
    const what = step ? html`step <strong>${step.name}</strong>` : "the function";
    if (job.refused > 0)
      return html`The app cannot be reached; ${what} is called again at ${dueTime(job.at, now)}, ${job.refused} times so far.`;
    if (job.at > now)
      return html`Calls ${what} again at ${dueTime(job.at, now)}, attempt ${job.attempt + 1} of ${run.maxAttempts}.`;
    return html`${run.status === "QUEUED" ? "Waits for a slot to call" : "Calls"} ${what}.`;
  });
  return [...steps.flatMap((step) => waitOf(core, step, now) ?? []), ...calls];
}

function waitOf(core: Core, step: Step, now: number): Html | undefined {
  if (step.result || step.until === undefined || step.status === "RETRYING") return undefined;
  const name = html`<strong>${step.name}</strong>`;
  if (step.invoke) return html`${name} waits for ${invokedFunction(core, step)} until ${dueTime(step.until, now)}.`;
  if (!step.wait) return html`${name} sleeps until ${dueTime(step.until, now)}.`;
  const condition = step.wait.if === undefined ? "" : html`, if <code>${step.wait.if}</code>,`;
  return html`${name} waits for the event <a href="${pathWith("/events", { name: step.wait.event })}">${step.wait.event}</a>${condition} until ${dueTime(step.until, now)}.`;
}

/** The function that a step invoked, linked to its run if there is one. */
export function invokedFunction(core: Core, step: Step): Html {
  const { fn = "", run, correlationId } = step.invoke ?? {};
  const invoked = run ?? [...core.state.runs.values()].find((one) => correlationOf(core, one) === correlationId)?.id;
  return invoked ? html`<a href="/runs/${invoked}">${fn}</a>` : html`${fn}`;
}

const correlationOf = (core: Core, run: Run) =>
  at(core.state.eventsOf(run)[0]?.payload, "data._inngest.correlation_id");

/** The run that invoked this one; a correlation id is `<run>.<step>`. */
export function invokingRun(core: Core, run: Run): Run | undefined {
  const id = correlationOf(core, run);
  return typeof id === "string" ? core.state.runs.get(id.split(".")[0] ?? "") : undefined;
}
