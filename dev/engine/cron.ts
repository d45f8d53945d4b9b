import { Cron } from "croner";
import type { Core } from "./core";
import { accept, SCHEDULED } from "./intake";
import type { Fn, Trigger } from "./model";
import { start } from "./schedule";

/** The minimum delay of a schedule with jitter (server: pkg/inngest/trigger.go `MinCronJitter`). */
const MIN_JITTER = 1000;

/** The next moment after `now` of a five-field expression, with an optional `TZ=` or `CRON_TZ=` before it (else UTC). */
export function nextCron(expression: string, now: number): number | undefined {
  const [, timezone, pattern] = /^(?:(?:CRON_)?TZ=(\S+)\s+)?(.*)$/.exec(expression.trim()) ?? [];
  const cron = new Cron(pattern ?? "", { mode: "5-part", timezone: timezone ?? "UTC", paused: true });
  return cron.nextRun(new Date(now))?.getTime();
}

/** Why the expression is refused, or undefined. */
export function cronError(expression: string): string | undefined {
  try {
    nextCron(expression, 0);
    return undefined;
  } catch {
    return `'${expression}' isn't a valid cron schedule`;
  }
}

/** Sets the timers of a function's schedules. A time that passed while the engine was down is skipped. */
export function scheduleCrons(core: Core, fn: Fn): void {
  for (const trigger of fn.triggers)
    if (trigger.cron !== undefined) scheduleNext(core, fn.id, trigger, core.clock.now());
}

export function unscheduleCrons(core: Core, fn: Fn): void {
  for (const { cron } of fn.triggers) if (cron !== undefined) core.timers.clear(`cron:${fn.id}:${cron}`);
}

function scheduleNext(core: Core, id: string, trigger: Trigger, after: number): void {
  const { cron = "", jitter = 0 } = trigger;
  const due = nextCron(cron, after);
  if (due === undefined) return;
  const at = due + (jitter === 0 ? 0 : MIN_JITTER + Math.floor(core.random() * (jitter - MIN_JITTER)));
  core.timers.set(`cron:${id}:${cron}`, at, () => {
    const fn = core.state.fns.get(id);
    if (!fn || fn.removed) return;
    run(core, fn, { cron, fireAt: toSecond(at), scheduledAt: toSecond(due) }, at);
    scheduleNext(core, id, trigger, due);
  });
}

const toSecond = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** Starts a run. The scheduled time is the event's id, so two schedules for the same time start one run (server: executor/service.go `handleCron`). */
function run(core: Core, fn: Fn, data: { cron: string; fireAt: string; scheduledAt: string }, ts: number): void {
  const event = accept(core, { id: data.scheduledAt, name: SCHEDULED, data, ts, user: {} });
  start(core, fn, [event], { key: event.payload.id, cron: data.cron });
}
