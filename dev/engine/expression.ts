import { type CelInput, isCelError, isCelList, isCelMap, parse, plan } from "@bufbuild/cel";
import { type CelJson, env, toCel } from "./expression-env";
import type { JsonObject } from "./json";

/** The variables of an expression: `event` (the trigger) and, in waits and cancellations, `async` (the awaited event). */
export interface Scope {
  event: JsonObject;
  async?: JsonObject;
}

export type Node = ReturnType<typeof parse>["expr"];
interface Compiled {
  node: Node;
  run: (scope: { event?: CelJson; async?: CelJson }) => unknown;
}

const parsed = new Map<string, Node>();
const compiled = new Map<string, Compiled>();

/** How many expressions have been evaluated; tests count the work with it. */
export const evaluations = { count: 0 };

/** Comments and string literals, with the prefix, the quote and the text of a string. */
const LITERALS = /\/\/[^\n]*|(?<!\w)([rRbB]{0,2})("""|'''|"|')((?:\\.|(?!\2)[^\\])*)\2/gs;

/** Whether the server writes the values of `event` into the expression of a wait, which parses it once more (residual.go). */
export const isInterpolated = (expression: string): boolean => expression.includes("event.");

/** The raw, triple-quoted and byte strings of an expression. */
export const unusualString = (expression: string): boolean =>
  [...expression.matchAll(LITERALS)].some(([, prefix, quote = ""]) => prefix || quote.length === 3);

/**
 * The expression as the server reads it. It removes comments, takes the text between quotes as it stands, with its backslashes, and
 * makes raw, triple-quoted and byte strings undefined (vendor/github.com/inngest/expr/lift.go). In waits with `event.` it does not.
 */
const serverText = (expression: string, interpolated: boolean): string =>
  expression.replace(LITERALS, (all, prefix, quote, text) => {
    if (quote === undefined) return "";
    if (interpolated) return all;
    return prefix || quote.length === 3 ? " vars.undefined" : JSON.stringify(text);
  });

/** Parses the text of an expression once. The app registers the same ones at each start. */
function parseOnce(text: string): Node {
  const known = parsed.get(text) ?? parse(text).expr;
  parsed.set(text, known);
  return known;
}

/** Parses an expression. `wait`: it is that of a wait or a cancellation. */
function compile(expression: string, wait: boolean): Compiled {
  const text = serverText(expression, wait && isInterpolated(expression));
  let known = compiled.get(text);
  if (!known) {
    const node = parseOnce(text);
    known = { node, run: plan(env, node) };
    compiled.set(text, known);
  }
  return known;
}

/** The parsed form of `expression`; throws on a syntax error. */
export const parseExpression = (expression: string, wait: boolean): Node => compile(expression, wait).node;

/** The reason `expression` does not parse, or undefined. */
export function syntaxError(expression: string): string | undefined {
  try {
    parseOnce(serverText(expression, true));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The value of `expression`; missing fields count as null (server: pkg/expressions/unknown.go). */
export function evaluate(expression: string, scope: Scope): unknown {
  evaluations.count += 1;
  const { node, run } = compile(expression, scope.async !== undefined);
  return evaluateNode(node, scope, run);
}

/** The value of a parsed expression. */
export function evaluateNode(node: Node, scope: Scope, run: Compiled["run"] = plan(env, node)): unknown {
  const bindings = { event: toCel(scope.event), async: toCel(scope.async) };
  const value = run(bindings);
  return isCelError(value) ? evaluateLeniently(node, bindings) : value;
}

/** Whether `expression` is true. An expression that cannot be evaluated counts as false. */
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

type Bindings = Record<string, CelInput>;

/** A field that the event does not have. */
const UNKNOWN = Symbol("unknown");

const SIZE = "size";
const truthy = (value: unknown): boolean =>
  value !== UNKNOWN && value !== null && value !== false && value !== "" && value !== 0 && value !== 0n;

/**
 * Evaluates an expression that plain CEL refuses, by the server's rules (pkg/expressions/unknown.go): A missing field
 * equals only null (not even another missing field), is less than any value, and is false as a condition. `+` joins values of
 * different types as text. `||`, `&&`, `!` and `?:` accept any value as a condition.
 */
function evaluateLeniently(node: Node, bindings: Bindings): unknown {
  const value = visit(node, bindings);
  return value === UNKNOWN ? false : value;
}

function visit(node: Node, bindings: Bindings): unknown {
  const plain = plan(env, node)(bindings);
  if (!isCelError(plain)) return plain;
  // The server writes the trigger's fields into a wait's expression when the wait begins; a missing one becomes null.
  if (node.exprKind.case === "selectExpr" && bindings.async !== null && rootOf(node) === "event") return null;
  if (node.exprKind.case !== "callExpr") return UNKNOWN;
  const call = node.exprKind.value;
  const operands = [...(call.target ? [call.target] : []), ...call.args];
  const [first, second, third] = operands;
  const look = (operand: Node | undefined) => (operand ? visit(operand, bindings) : UNKNOWN);
  switch (call.function) {
    case "_||_": {
      const left = look(first);
      return truthy(left) ? left : orFalse(look(second));
    }
    case "_&&_": {
      const left = look(first);
      return truthy(left) ? orFalse(look(second)) : false;
    }
    case "_?_:_":
      return truthy(look(first)) ? look(second) : look(third);
    case "_[_]":
      return UNKNOWN;
  }
  const values = operands.map(look);
  if (values.includes(UNKNOWN)) return ofUnknown(call.function, values);
  if (call.function === "_+_") return values.map(String).join("");
  return apply(node, operands, values);
}

/** The variable that a path of fields starts with. */
function rootOf(node: Node): string | undefined {
  if (node.exprKind.case === "identExpr") return node.exprKind.value.name;
  const operand = node.exprKind.case === "selectExpr" ? node.exprKind.value.operand : undefined;
  return operand && rootOf(operand);
}

const orFalse = (value: unknown): unknown => (value === UNKNOWN ? false : value);

function ofUnknown(operator: string, values: unknown[]): unknown {
  switch (operator) {
    case "_+_":
      return values.find((value) => value !== UNKNOWN) ?? false;
    case "_==_":
      return values.includes(null);
    case "_!=_":
      return !values.includes(null);
    case "_<_":
    case "_<=_":
      return values[0] === UNKNOWN;
    case "_>_":
    case "_>=_":
      return values[0] !== UNKNOWN;
    case SIZE:
      return 0;
    default:
      return false;
  }
}

/** Calls the operator of `node` on evaluated arguments. */
function apply(node: Node, operands: Node[], values: unknown[]): unknown {
  if (node.exprKind.case !== "callExpr") return UNKNOWN;
  const call = node.exprKind.value;
  const names = operands.map((_, index) => parse(`operand${index}`).expr);
  const args = call.target ? names.slice(1) : names;
  const target = call.target ? names[0] : undefined;
  const replaced: Node = { ...node, exprKind: { case: "callExpr", value: { ...call, args, target } } };
  const inputs: Bindings = {};
  values.forEach((value, index) => {
    if (isInput(value)) inputs[`operand${index}`] = value;
  });
  const result = plan(env, replaced)(inputs);
  return isCelError(result) ? false : result;
}

const isInput = (value: unknown): value is CelInput => value !== UNKNOWN && value !== undefined;
