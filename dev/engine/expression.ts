import { type CelEnv, type CelInput, celEnv, isCelError, isCelList, isCelMap, parse, plan } from "@bufbuild/cel";
import type { Json, JsonObject } from "./json";

/** The variables of an expression: `event` (the trigger) and, in waits and cancellations, `async` (the awaited event). */
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

/** Why `expression` is refused, or undefined: it does not parse, or uses an unknown name. */
export const expressionError = (expression: string): string | undefined =>
  syntaxError(expression) ?? unknownName(parseExpression(expression), false);

/** Why `expression` cannot cancel runs, or undefined: there only comparisons are allowed. */
export const cancelError = (expression: string): string | undefined =>
  syntaxError(expression) ?? unknownName(parseExpression(expression), true);

/**
 * Why `expression` cannot be that of a wait, or undefined. On the server, a wait with such an expression is accepted and never ends,
 * because it replaces the fields of `event` by their values before it parses the text (found by running both).
 */
export function waitError(expression: string): string | undefined {
  const known = expressionError(expression);
  if (known !== undefined) return known;
  if (/(?:^|[^\w"'])[rR]["']|"""|'''|\/\//.test(expression))
    return "raw and triple-quoted strings and comments never match";
  const text = expression.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
  if (/\[/.test(text)) return "an index never matches";
  if (/\b(?:has|all|exists|exists_one|map|filter)\s*\([^)]*\bevent\./.test(text))
    return "a macro with event never matches";
  if (/\d{22,}|\de\+?(?:2[1-9]|[3-9]\d|\d{3})/i.test(text)) return "numbers from 10^21 never match";
  return undefined;
}

/** The value of `expression`; missing fields count as null (server: pkg/expressions/unknown.go). */
export function evaluate(expression: string, scope: Scope): unknown {
  evaluations.count += 1;
  const { node, run } = compile(expression);
  const bindings = { event: toCel(scope.event), async: toCel(scope.async) };
  const value = run(bindings);
  return isCelError(value) ? evaluateLeniently(env, node, bindings) : value;
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

/** The root variables of an expression (server: pkg/expressions/exprenv), and CEL's types. */
const ROOTS = ["event", "async", "vars"];
const TYPES = ["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"];
/** Operators that the environment does not list as functions. */
const OPERATORS = ["_[_]", "_?_:_", "_&&_", "_||_", "@not_strictly_false"];
/** The operators and functions that a cancelOn may use (server: pkg/expressions/validation.go). */
const LOGIC = [
  ...["_?_:_", "_&&_", "_||_", "!_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "_[_]", "@in"],
  ...["int", "uint", "double"],
];

/** Returns an error for an unknown name or function in `node`, or undefined. `onlyLogic`: only comparisons, as in a cancelOn. */
function unknownName(node: Node, onlyLogic: boolean): string | undefined {
  const check = (one: Node | undefined, bound: string[]): string | undefined => {
    const kind = one?.exprKind;
    const first = (nodes: (Node | undefined)[], names = bound) =>
      nodes.map((inner) => check(inner, names)).find((problem) => problem !== undefined);
    switch (kind?.case) {
      case "identExpr":
        return bound.includes(kind.value.name) ? undefined : `undeclared reference to '${kind.value.name}'`;
      case "selectExpr":
        return onlyLogic && kind.value.testOnly
          ? "macros are disallowed (uses 'has')"
          : check(kind.value.operand, bound);
      case "listExpr":
        return first(kind.value.elements);
      case "structExpr":
        return first(
          kind.value.entries.flatMap(({ keyKind, value }) => [
            keyKind.case === "mapKey" ? keyKind.value : undefined,
            value,
          ]),
        );
      case "callExpr": {
        const { function: name, target, args } = kind.value;
        if (onlyLogic && !LOGIC.includes(name)) return `function calls are disallowed (uses '${name}')`;
        const known = [...(env.funcs.find(name) ?? [])].some(
          (one) => (one.target === undefined) === (target === undefined) && one.arguments.length === args.length,
        );
        return known || OPERATORS.includes(name) ? first([target, ...args]) : `undeclared reference to '${name}'`;
      }
      case "comprehensionExpr": {
        const { iterRange, accuInit, iterVar, iterVar2, accuVar, loopCondition, loopStep, result } = kind.value;
        if (onlyLogic) return "macros are disallowed";
        const inside = [...bound, iterVar, iterVar2, accuVar];
        return first([iterRange, accuInit]) ?? first([loopCondition, loopStep, result], inside);
      }
      default:
        return undefined;
    }
  };
  return check(node, [...ROOTS, ...TYPES]);
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
function evaluateLeniently(env: CelEnv, node: Node, bindings: Bindings): unknown {
  const value = visit(env, node, bindings);
  return value === UNKNOWN ? false : value;
}

function visit(env: CelEnv, node: Node, bindings: Bindings): unknown {
  const plain = plan(env, node)(bindings);
  if (!isCelError(plain)) return plain;
  // The server writes the trigger's fields into a wait's expression when the wait begins; a missing one becomes null.
  if (node.exprKind.case === "selectExpr" && bindings.async !== null && rootOf(node) === "event") return null;
  if (node.exprKind.case !== "callExpr") return UNKNOWN;
  const call = node.exprKind.value;
  const operands = [...(call.target ? [call.target] : []), ...call.args];
  const [first, second, third] = operands;
  const look = (operand: Node | undefined) => (operand ? visit(env, operand, bindings) : UNKNOWN);
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
  return apply(env, node, operands, values);
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
function apply(env: CelEnv, node: Node, operands: Node[], values: unknown[]): unknown {
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
