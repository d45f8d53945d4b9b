import fc from "fast-check";
import { HOSTILE_VALUES, type Schema } from "./values";

type Path = (string | number)[];
type Change = (value: unknown, limit: number, hostile: unknown) => unknown;

const REMOVED = Symbol("removed");

/** What is done to one part of a value that was valid. */
const CHANGES: Change[] = [
  (_value, _limit, hostile) => hostile,
  (_value, _limit, hostile) => hostile,
  (_value, _limit, hostile) => hostile,
  () => REMOVED,
  (value) => [value],
  (value) => [value, value],
  (value) => JSON.stringify(value),
  (value) => (typeof value === "string" ? `${value}\u0000` : null),
  (value) => (typeof value === "string" ? `${value}\ud800` : undefined),
  (value) => (typeof value === "string" ? value.toUpperCase() : value),
  // One below, at and above each limit that the schema names, as a number, a length and a count.
  (value, limit) => limited(value, limit - 1),
  (value, limit) => limited(value, limit),
  (value, limit) => limited(value, limit + 1),
  (value, _limit, hostile) =>
    isObject(value)
      ? { ...value, [typeof hostile === "string" ? hostile : JSON.stringify(hostile)]: hostile }
      : hostile,
  (value, _limit, hostile) => (isObject(value) ? { ...value, extra: hostile } : hostile),
];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function limited(value: unknown, limit: number): unknown {
  const length = Math.max(0, Math.min(limit, 30_000));
  if (typeof value === "string") return "x".repeat(length);
  if (Array.isArray(value)) return Array.from({ length: Math.min(length, 2_000) }, () => value[0]);
  return limit;
}

/** Returns values of which one part is not valid any more. */
export const nearly = (values: fc.Arbitrary<unknown>, schema: Schema): fc.Arbitrary<unknown> => {
  const limits = [...new Set([0, 1, 100, ...limitsOf(schema)])];
  return fc
    .tuple(
      values,
      fc.nat(),
      fc.constantFrom(...CHANGES),
      fc.constantFrom(...limits),
      fc.constantFrom(...HOSTILE_VALUES),
    )
    .map(([value, at, change, limit, hostile]) => {
      const paths = pathsOf(value);
      return changedAt(value, paths[at % paths.length] ?? [], (part) => change(part, limit, hostile));
    });
};

/** Returns the numbers of a schema: minima, maxima and lengths. */
function limitsOf(schema: unknown): number[] {
  if (typeof schema === "number") return Number.isSafeInteger(schema) ? [schema] : [];
  return typeof schema === "object" && schema !== null ? Object.values(schema).flatMap(limitsOf) : [];
}

/** Returns the path to a value itself and to each of its parts. */
function pathsOf(value: unknown): Path[] {
  const parts = Array.isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  return [[], ...parts.flatMap(([key, part]) => pathsOf(part).map((path): Path => [key, ...path]))];
}

function changedAt(value: unknown, [key, ...rest]: Path, change: (part: unknown) => unknown): unknown {
  if (key === undefined) {
    const changed = change(value);
    return changed === REMOVED ? undefined : changed;
  }
  if (Array.isArray(value)) return value.map((part, index) => (index === key ? changedAt(part, rest, change) : part));
  if (!isObject(value)) return value;
  // `fromEntries` defines a key `__proto__` like any other.
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, name === key ? changedAt(part, rest, change) : part]),
  );
}
