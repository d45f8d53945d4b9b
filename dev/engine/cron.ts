import { Cron } from "croner";
import type { Core } from "./core";
import { accept, SCHEDULED } from "./intake";
import type { Fn, Trigger } from "./model";
import { start } from "./schedule";

/** The minimum delay of a schedule with jitter (server: pkg/inngest/trigger.go `MinCronJitter`). */
const MIN_JITTER = 1000;

/** The fields of a schedule with their values, and their names (server: robfig/cron, its standard parser without descriptors). */
const CRON_FIELDS: { min: number; max: number; names?: string[] }[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: "jan feb mar apr may jun jul aug sep oct nov dec".split(" ") },
  { min: 0, max: 6, names: "sun mon tue wed thu fri sat".split(" ") },
];

/**
 * One field in the form that the library takes: `*`, or a list of numbers. The server takes `0/15` as `0-59/15`, any step, and no
 * `7`, `L`, `W` or `#`.
 */
function cronField(text: string, { min, max, names = [] }: (typeof CRON_FIELDS)[number]): string {
  const numberOf = (word: string) => {
    const index = names.indexOf(word.toLowerCase());
    return index >= 0 ? index + min : /^\d+$/.test(word) ? Number(word) : Number.NaN;
  };
  const values = text.split(",").flatMap((part): (string | number)[] => {
    const [, range = "", step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const [first = "", last, ...rest] = range.split("-");
    const star = first === "*" || first === "?";
    const from = star ? min : numberOf(first);
    const to = star ? max : last === undefined ? (step === undefined ? from : max) : numberOf(last);
    const by = Number(step ?? 1);
    if (rest.length > 0 || (star && last !== undefined) || !(min <= from && from <= to && to <= max && by >= 1))
      throw new Error(`${text} is not a field of a schedule`);
    return star && by === 1 ? ["*"] : Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, n) => from + n * by);
  });
  return values.includes("*") ? "*" : [...new Set(values)].join(",");
}

/** The next moment after `now` of a five-field expression, with an optional `TZ=` or `CRON_TZ=` before it (else UTC). */
export function nextCron(expression: string, now: number): number | undefined {
  const [, timezone, pattern = ""] = /^(?:(?:CRON_)?TZ=(\S+)\s+)?(.*)$/.exec(expression.trim()) ?? [];
  const given = pattern.split(/\s+/);
  if (given.length !== CRON_FIELDS.length) throw new Error("A schedule has five fields.");
  const fields = CRON_FIELDS.map((field, index) => cronField(given[index] ?? "", field));
  const cron = new Cron(fields.join(" "), { mode: "5-part", timezone: timezone ?? "UTC", paused: true });
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
  if (core.manualCrons) return;
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

/** Starts a run of a function with a schedule now. Throws if there is none. */
export function runCron(core: Core, id: string): void {
  const fn = core.state.fns.get(id);
  const cron = fn?.triggers.find((trigger) => trigger.cron !== undefined)?.cron;
  if (!fn || cron === undefined) throw new Error(`There is no function ${id} with a schedule.`);
  const at = core.clock.now();
  run(core, fn, { cron, fireAt: toSecond(at), scheduledAt: toSecond(at) }, at);
}

const toSecond = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/**
 * Starts a run. The scheduled time is the event's id, so two schedules for the same time start one run (server: executor/service.go
 * `handleCron`).
 */
function run(core: Core, fn: Fn, data: { cron: string; fireAt: string; scheduledAt: string }, ts: number): void {
  const event = accept(core, { id: data.scheduledAt, name: SCHEDULED, data, ts, user: {} });
  start(core, fn, [event], { key: event.payload.id, cron: data.cron });
}
