import { celEnv, isCelError, isCelList, isCelMap, parse, plan } from "@bufbuild/cel";
import { evaluateLoosely } from "./expression-loose";
import { unknownName } from "./expression-names";
import type { Json, JsonObject } from "./json";

/** What an expression may name: `event` (the trigger) and, in waits and cancellations, `async` (the awaited event). */
export interface Scope {
  event: JsonObject;
  async?: JsonObject;
}

type Node = ReturnType<typeof parse>["expr"];
interface Compiled {
  node: Node;
  run: (scope: { event?: JsonValue; async?: JsonValue }) => unknown;
}
type JsonValue = null | boolean | number | string | JsonValue[] | Map<string, JsonValue>;

const env = celEnv();
const compiled = new Map<string, Compiled>();

/** How many expressions have been evaluated; tests count the work with it. */
export const evaluations = { count: 0 };

/** CEL takes maps, not objects with optional members. */
function toCel(value: Json | undefined): JsonValue {
  if (Array.isArray(value)) return value.map(toCel);
  if (typeof value !== "object" || value === null) return value ?? null;
  return new Map(Object.entries(value).map(([key, member]) => [key, toCel(member)]));
}

function compile(expression: string): Compiled {
  let known = compiled.get(expression);
  if (!known) {
    const node = parse(expression).expr;
    known = { node, run: plan(env, node) };
    compiled.set(expression, known);
  }
  return known;
}

/** The parsed form of `expression`; throws on a syntax error. */
export const parseExpression = (expression: string): Node => compile(expression).node;

/** The reason `expression` does not parse, or undefined. */
export function syntaxError(expression: string): string | undefined {
  try {
    compile(expression);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Why `expression` is refused, or undefined: it does not parse, or names what is not there. */
export const expressionError = (expression: string): string | undefined =>
  syntaxError(expression) ?? unknownName(env, parseExpression(expression), false);

/** Why `expression` cannot cancel runs, or undefined: there only comparisons are allowed. */
export const cancelError = (expression: string): string | undefined =>
  syntaxError(expression) ?? unknownName(env, parseExpression(expression), true);

/** The value of `expression`; missing fields count as null (server: pkg/expressions/unknown.go). */
export function evaluate(expression: string, scope: Scope): unknown {
  evaluations.count += 1;
  const { node, run } = compile(expression);
  const bindings = { event: toCel(scope.event), async: toCel(scope.async) };
  const value = run(bindings);
  return isCelError(value) ? evaluateLoosely(env, node, bindings) : value;
}

/** Whether `expression` holds. One that cannot be evaluated does not. */
export function holds(expression: string, scope: Scope): boolean {
  try {
    return evaluate(expression, scope) === true;
  } catch {
    return false;
  }
}

/** The value of a flow-control key as text: the group that an event belongs to. */
export function keyOf(expression: string, event: JsonObject): string {
  return keyText(evaluate(expression, { event }));
}

function keyText(value: unknown): string {
  if (isCelList(value)) return `[${[...value].map(keyText).join(",")}]`;
  if (isCelMap(value)) return `{${[...value].map(([key, member]) => `${key}:${keyText(member)}`).join(",")}}`;
  return String(value);
}
