import {
  ConfigError,
  Fields,
  parseBatch,
  parseConcurrency,
  parseDebounce,
  parsePriority,
  parseRateLimit,
  parseSingleton,
  parseThrottle,
  parseTrigger,
} from "./config";
import type { Core } from "./core";
import { scheduleCrons, unscheduleCrons } from "./cron";
import { DAY } from "./duration";
import { cancelError } from "./expression-check";
import { uuidOf } from "./ids";
import { isObject, type Json } from "./json";
import type { CancelOn, Fn, Rate, Trigger } from "./model";

/** server: consts.DefaultRetryCount, MaxRetries, MaxTriggers, MaxCancellations. */
const DEFAULT_RETRIES = 4;
const MAX_RETRIES = 20;
const MAX_TRIGGERS = 10;
const MAX_CANCELLATIONS = 5;

const SUPPORTED_OPTIONS = [
  ...["id", "name", "triggers", "steps", "idempotency", "batchEvents", "rateLimit", "throttle", "concurrency"],
  ...["debounce", "timeouts", "cancel", "priority", "singleton"],
];

/**
 * Replaces an app's functions with those of an SDK's registration (server: pkg/devserver/api.go, pkg/sdk/function.go).
 * Returns whether that changed anything. Throws a ConfigError, and changes nothing, when any function has a wrong or
 * unsupported option.
 */
export function register(core: Core, body: Json | undefined): boolean {
  const fields = new Fields("registration", isObject(body) ? body : {});
  const app = fields.text("appName");
  if (!app) throw new ConfigError("App ID required");
  const fns = fields.list("functions").map((one) => parseFunction(app, one));
  const foreign = fns.find((fn) => core.owner !== undefined && !isSamePort(core.owner, fn.url));
  if (foreign) throw new ConfigError(`This engine runs the functions of ${core.owner} only, not of ${foreign.url}.`);
  const ids = new Set(fns.map((fn) => fn.id));
  const before = [...core.state.fns.values()].filter((fn) => fn.app === app);
  for (const old of before) {
    unscheduleCrons(core, old);
    if (!ids.has(old.id)) core.state.fns.put(old.id, { ...old, removed: true });
  }
  for (const fn of fns) {
    core.state.fns.put(fn.id, fn);
    scheduleCrons(core, fn);
  }
  core.log(`app ${app}: ${fns.length} functions`);
  return JSON.stringify(fns) !== JSON.stringify(before.filter((fn) => !fn.removed));
}

/** On one machine the port tells two apps apart: localhost and 127.0.0.1 name the same one. */
const isSamePort = (one: string, other: string) => new URL(one).port === new URL(other).port;

function parseFunction(app: string, value: Json): Fn {
  const id = isObject(value) && typeof value.id === "string" ? value.id : "";
  if (!isObject(value) || id === "") throw new ConfigError("a function needs an id");
  const fields = new Fields(`function ${id}`, value);
  fields.only(SUPPORTED_OPTIONS);
  const name = fields.text("name") || fields.fail("A function name is required");
  const fn: Fn = {
    id,
    uuid: uuidOf(id),
    app,
    name,
    ...parseStep(fields),
    triggers: parseTriggers(fields),
    concurrency: parseConcurrency(fields.where, value.concurrency),
    throttle: parseThrottle(fields.object("throttle")),
    rateLimit: idempotency(fields) ?? parseRateLimit(fields.object("rateLimit")),
    debounce: parseDebounce(fields.object("debounce")),
    batch: parseBatch(fields.object("batchEvents")),
    cancel: parseCancel(fields),
    priority: parsePriority(fields.object("priority")),
    singleton: parseSingleton(fields.object("singleton")),
    timeouts: parseTimeouts(fields.object("timeouts")),
    config: value,
    removed: false,
  };
  if (fn.batch && fn.cancel.length > 0) fields.fail("Batching and cancellation are mutually exclusive");
  if (fn.batch && fn.debounce) fields.fail("Batching and debouncing are mutually exclusive");
  if (fn.batch && fn.singleton) fields.fail("Batching and singletons are mutually exclusive");
  if (fn.batch && fn.priority) fields.fail("A function cannot specify Priority.Run and Batch together");
  return fn;
}

/** Once per key in 24 hours, in place of any rate limit (server: pkg/sdk/function.go). */
function idempotency(fields: Fields): Rate | undefined {
  const key = fields.expression("idempotency");
  return key === undefined ? undefined : { limit: 1, period: DAY, capacity: 1, key };
}

function parseStep(fields: Fields): { url: string; maxAttempts: number } {
  const [step, ...more] = Object.values(fields.object("steps")?.value ?? {});
  if (!isObject(step) || more.length > 0) return fields.fail("Functions must contain one step");
  const inner = new Fields(fields.where, step);
  const url = inner.object("runtime")?.text("url") ?? "";
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) fields.fail(`the step needs an http URL, not "${url}"`);
  const retries = inner.object("retries")?.number("attempts") ?? DEFAULT_RETRIES;
  return { url, maxAttempts: Math.min(Math.max(retries, 0), MAX_RETRIES) + 1 };
}

function parseTriggers(fields: Fields): Trigger[] {
  const values = fields.list("triggers");
  if (values.length > MAX_TRIGGERS) fields.fail(`This function exceeds the max number of triggers: ${MAX_TRIGGERS}`);
  const triggers = values.map((one) => parseTrigger(fields.where, one));
  const names = triggers.map((one) => one.cron ?? `${one.event} ${one.expression ?? ""}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) fields.fail(`duplicate trigger ${twice.trim()}`);
  return triggers;
}

function parseCancel(fields: Fields): CancelOn[] {
  const values = fields.list("cancel");
  if (values.length > MAX_CANCELLATIONS)
    fields.fail(`This function exceeds the max number of cancellation events: ${MAX_CANCELLATIONS}`);
  return values.map((value) => {
    const one = new Fields(`${fields.where}.cancelOn`, isObject(value) ? value : {});
    one.only(["event", "if", "timeout"]);
    const event = one.text("event") || one.fail("an event is required");
    const timeout = one.text("timeout");
    return { event, if: one.expression("if", cancelError), timeout };
  });
}

function parseTimeouts(fields: Fields | undefined): Fn["timeouts"] {
  fields?.only(["start", "finish"]);
  return { start: fields?.timeout("start"), finish: fields?.timeout("finish") };
}
