import { type CelInput, CelScalar, type CelValue, celEnv, celFunc, run } from "@bufbuild/cel";
import { parseDuration } from "./duration";
import { isObject, type Json, parseJson } from "./json";

export type CelJson = null | boolean | number | string | CelJson[] | Map<string, CelJson>;

/** CEL takes maps, not objects with optional members. */
export function toCel(value: Json | undefined): CelJson {
  if (Array.isArray(value)) return value.map(toCel);
  if (!isObject(value)) return value ?? null;
  return new Map(Object.entries(value).map(([key, member]) => [key, toCel(member)]));
}

/** The clock of `now()`: that of the engine that was started last. */
export const celClock = { now: () => Date.now() };

const textOf = (value: CelValue): string => (typeof value === "string" ? value : "");

/** A CEL timestamp. Throws when `ms` is not a number, so that the expression has no value. */
const timestamp = (ms: number) => run(`timestamp("${new Date(ms).toISOString()}")`) as CelInput;

const durationOf = (value: CelValue): number => parseDuration(textOf(value)) ?? Number.NaN;

/** Base64 up to the first group that is not valid. */
const BASE64 = /^(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?/;

const ISO_DATE = /^\d{4}-\d\d-\d\d(?<time>T\d\d:\d\d:\d\d(?:\.\d+)?(?<zone>Z|[+-]\d\d:\d\d)?)?$/;
const NAMED_DATE = /^(?:[A-Z][a-z]+,? )?(?:\d\d[ -])?[A-Z][a-z]{2}\b/;

/** The time of a text in one of the server's formats, or of a whole number of s, ms or ns from 2000 on (server: pkg/dateutil). */
function dateOf(value: CelValue): number {
  if (typeof value === "bigint" && value >= 946_684_800n)
    return Number(value < 9_999_999_999n ? value * 1000n : value < 9_999_999_999_999n ? value : value / 1_000_000n);
  const text = textOf(value);
  const iso = ISO_DATE.exec(text)?.groups;
  if (iso) return Date.parse(iso.time !== undefined && iso.zone === undefined ? `${text}Z` : text);
  if (!NAMED_DATE.test(text)) return Number.NaN;
  return Date.parse(/[A-Z]{3}|[+-]\d{4}/.test(text) ? text : `${text} UTC`);
}

/** CEL with the functions that the server adds (server: pkg/expressions/exprenv/overloads.go). A wrong argument has no value. */
export const env = celEnv({
  funcs: [
    celFunc("lowercase", [CelScalar.DYN], CelScalar.STRING, (text) => textOf(text).toLowerCase()),
    celFunc("uppercase", [CelScalar.DYN], CelScalar.STRING, (text) => textOf(text).toUpperCase()),
    celFunc("b64decode", [CelScalar.DYN], CelScalar.STRING, (text) =>
      Buffer.from(BASE64.exec(textOf(text).replace(/[\r\n]/g, ""))?.[0] ?? "", "base64").toString(),
    ),
    celFunc("json_parse", [CelScalar.DYN], CelScalar.DYN, (text) => {
      const value = parseJson(textOf(text));
      return toCel(isObject(value) ? value : {}) as CelInput;
    }),
    celFunc("date", [CelScalar.DYN], CelScalar.DYN, (value) => timestamp(dateOf(value))),
    celFunc("now", [], CelScalar.DYN, () => timestamp(celClock.now())),
    celFunc("now_plus", [CelScalar.DYN], CelScalar.DYN, (text) => timestamp(celClock.now() + durationOf(text))),
    celFunc("now_minus", [CelScalar.DYN], CelScalar.DYN, (text) => timestamp(celClock.now() - durationOf(text))),
  ],
});
