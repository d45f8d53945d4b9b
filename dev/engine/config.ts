import { cronError } from "./cron";
import { DAY, parseDuration } from "./duration";
import { syntaxError } from "./expression";
import { expressionError } from "./expression-check";
import { isObject, type Json, type JsonObject } from "./json";
import type { ConcurrencyLimit, Fn, Rate, Trigger } from "./model";

/** Refuses a registration. The message is its answer. */
export class ConfigError extends Error {}

const refuse = (message: string): never => {
  throw new ConfigError(message);
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Reads the fields of a JSON object with their types. Throws a ConfigError that names the wrong field. */
export class Fields {
  constructor(
    readonly where: string,
    readonly value: JsonObject,
  ) {}

  /** Throws a ConfigError that names the function. */
  fail(message: string): never {
    return refuse(`${this.where}: ${message}`);
  }

  only(known: string[]): void {
    const unknown = Object.keys(this.value).find((key) => !known.includes(key) && this.value[key] !== undefined);
    if (unknown !== undefined) this.fail(`"${unknown}" is not supported by this engine`);
  }

  text(key: string): string | undefined {
    const value = this.#given(key);
    return value === undefined || typeof value === "string" ? value : this.#refuse(key, "a string");
  }

  number(key: string): number | undefined {
    const value = this.#given(key);
    return value === undefined || typeof value === "number" ? value : this.#refuse(key, "a number");
  }

  object(key: string): Fields | undefined {
    const value = this.#given(key);
    if (value === undefined) return undefined;
    return isObject(value) ? new Fields(`${this.where}.${key}`, value) : this.#refuse(key, "an object");
  }

  list(key: string): Json[] {
    const value = this.value[key] ?? [];
    return Array.isArray(value) ? value : this.#refuse(key, "an array");
  }

  /** A time limit. A text that is no duration counts as none, as on the server. */
  timeout(key: string): number | undefined {
    return parseDuration(this.text(key) ?? "");
  }

  duration(key: string): number | undefined {
    const text = this.text(key);
    if (text === undefined || text === "") return undefined;
    return parseDuration(text) ?? this.fail(`"${key}" is not a duration: ${text}`);
  }

  expression(key: string, problemOf = expressionError): string | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    const problem = problemOf(text);
    return problem === undefined ? text : this.fail(`"${key}" is not a valid expression: ${problem}`);
  }

  #given(key: string): Json | undefined {
    return this.value[key] ?? undefined;
  }

  #refuse(key: string, type: string): never {
    return this.fail(`"${key}" must be ${type}`);
  }
}

/** server: pkg/inngest/trigger.go */
export function parseTrigger(where: string, value: Json): Trigger {
  const fields = new Fields(where, isObject(value) ? value : refuse(`${where}: a trigger must be an object`));
  fields.only(["event", "expression", "cron", "jitter"]);
  const event = fields.text("event");
  const cron = fields.text("cron");
  if (cron !== undefined) {
    const problem = cron.length > 255 ? "cron is too long. maximum length is 255 characters" : cronError(cron);
    if (problem !== undefined) refuse(`${where}: ${problem}`);
    const jitter = fields.duration("jitter");
    if (jitter !== undefined && jitter > 0 && jitter < SECOND) refuse(`${where}: cron jitter must be at least 1s`);
    if (jitter !== undefined && jitter > 5 * MINUTE) refuse(`${where}: cron jitter must be less than or equal to 5m0s`);
    return { cron, jitter };
  }
  if (!event) return refuse(`${where}: A trigger must supply an event name or a cron schedule`);
  if (event.length > 255) refuse(`${where}: event name is too long. maximum length is 255 characters`);
  return { event, expression: fields.expression("expression") };
}

/** A number, one limit, or up to two; or `{step: [...], fn: [one limit of runs]}` (server: pkg/inngest/concurrency.go). */
export function parseConcurrency(where: string, value: Json | undefined): ConcurrencyLimit[] {
  if (value === undefined || value === null) return [];
  if (typeof value === "number") return [{ limit: value, scope: "fn" }];
  if (isObject(value) && (Array.isArray(value.fn) || Array.isArray(value.step))) {
    const fields = new Fields(`${where}.concurrency`, value);
    fields.only(["fn", "step"]);
    const ofRuns = parseConcurrency(where, value.fn).map((limit): ConcurrencyLimit => ({ ...limit, scope: "run" }));
    if (ofRuns.length > 1) fields.fail("Only one function concurrency limit is allowed");
    if (ofRuns.some(({ limit }) => limit <= 0)) fields.fail("function concurrency limit must be > 0");
    return [...parseConcurrency(where, value.step), ...ofRuns];
  }
  const items = Array.isArray(value) ? value : [value];
  if (items.length > 2) refuse(`${where}: There are more concurrency limits specified than the allowed max of: 2`);
  return items.map((item) => {
    const fields = new Fields(`${where}.concurrency`, isObject(item) ? item : refuse(`${where}: bad concurrency`));
    fields.only(["limit", "key", "scope"]);
    const scope = fields.text("scope") ?? "fn";
    const key = fields.expression("key", syntaxError); // the server checks only the syntax
    if (scope !== "fn" && scope !== "env" && scope !== "account")
      return refuse(`${where}: invalid concurrency scope: ${scope}`);
    if (scope !== "fn" && key === undefined)
      refuse(`${where}: A concurrency key must be specified for ${scope} scoped limits`);
    return { limit: fields.number("limit") ?? 0, key, scope };
  });
}

/** Excess is dropped; a tenth of the limit may start at once (server: pkg/execution/ratelimit). */
export function parseRateLimit(fields: Fields | undefined): Rate | undefined {
  if (!fields) return undefined;
  fields.only(["limit", "period", "key"]);
  const limit = fields.number("limit") ?? 0;
  const period = fields.duration("period");
  if (limit <= 0) fields.fail("limit must be greater than 0");
  if (period === undefined) return fields.fail("period must be specified");
  if (period > DAY) fields.fail("period must be less than 24h0m0s");
  return { limit, period, capacity: Math.floor(limit / 10) + 1, key: fields.expression("key") };
}

/** Excess is queued; the limit and the burst may start at once (server: pkg/constraintapi/lua/acquire.lua). */
export function parseThrottle(fields: Fields | undefined): Rate | undefined {
  if (!fields) return undefined;
  fields.only(["limit", "period", "burst", "key"]);
  const limit = fields.number("limit") || 1;
  const period = fields.duration("period");
  if (period === undefined) return fields.fail("period must be specified");
  if (period < SECOND) fields.fail("period must be at least 1s"); // on the server such runs never start
  const burst = fields.number("burst") ?? 0;
  if (limit < 0 || burst < 0) fields.fail("throttle limit and burst must not be negative");
  const seconds = Math.floor(period / SECOND) * SECOND;
  // The server does not check the key. Runs whose key cannot be evaluated share one group.
  return { limit, period: seconds, capacity: limit + burst, key: fields.text("key") || undefined };
}

export function parseDebounce(fields: Fields | undefined): Fn["debounce"] {
  if (!fields) return undefined;
  fields.only(["period", "timeout", "key"]);
  const period = fields.duration("period") ?? fields.fail("a debounce needs a period");
  if (period < SECOND) fields.fail("The debounce period is less than the min of: 1s");
  if (period > 7 * DAY) fields.fail("The debounce period is greater than the max of: 168h0m0s");
  const key = fields.text("key") === "" ? undefined : fields.expression("key");
  return { period, timeout: fields.timeout("timeout"), key };
}

/** server: pkg/inngest/function.go `Priority` */
export function parsePriority(fields: Fields | undefined): string | undefined {
  fields?.only(["run"]);
  return fields?.expression("run");
}

/** server: pkg/inngest/function.go `Singleton` */
export function parseSingleton(fields: Fields | undefined): Fn["singleton"] {
  if (!fields) return undefined;
  fields.only(["mode", "key"]);
  const mode = fields.text("mode");
  if (mode !== "skip" && mode !== "cancel") return fields.fail(`invalid singleton mode: ${mode ?? ""}`);
  return { mode, key: fields.text("key") || undefined };
}

/** server: pkg/inngest/batch.go */
export function parseBatch(fields: Fields | undefined): Fn["batch"] {
  if (!fields) return undefined;
  fields.only(["maxSize", "timeout", "key", "if"]);
  const maxSize = fields.number("maxSize") ?? 0;
  const timeout = fields.duration("timeout") ?? 0;
  if (maxSize < 2) fields.fail(`batch size cannot be smaller than 2: ${maxSize}`);
  if (/[dw]/.test(fields.text("timeout") ?? "")) fields.fail("batch timeout must be in hours or smaller units");
  if (timeout < SECOND) fields.fail("batch timeout should be more than 1s");
  return { maxSize, timeout, key: fields.expression("key"), if: fields.expression("if") };
}
