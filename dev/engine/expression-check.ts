import { isCelList, isCelMap } from "@bufbuild/cel";
import { evaluateNode, isInterpolated, type Node, parseExpression, syntaxError, unusualString } from "./expression";
import { env } from "./expression-env";
import type { JsonObject } from "./json";

/** Why `expression` is refused, or undefined: it does not parse, or uses an unknown name. */
export const expressionError = (expression: string): string | undefined =>
  syntaxError(expression) ?? unknownName(parseExpression(expression, false), false, NAMES);

/** Why `expression` cannot cancel runs, or undefined: there only comparisons are allowed. */
export const cancelError = (expression: string): string | undefined =>
  syntaxError(expression) ?? unknownName(parseExpression(expression, true), true, NAMES);

/** The root variables of an expression (server: pkg/expressions/exprenv), and CEL's types. */
const NAMES = [
  ...["event", "async", "vars"],
  ...["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"],
];
/** Operators that the environment does not list as functions. */
const OPERATORS = ["_[_]", "_?_:_", "_&&_", "_||_", "@not_strictly_false"];
/** The operators and functions that a cancelOn may use (server: pkg/expressions/validation.go). */
const LOGIC = [
  ...["_?_:_", "_&&_", "_||_", "!_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "_[_]", "@in"],
  ...["int", "uint", "double"],
];

function children({ exprKind: kind }: Node): Node[] {
  const list = (): (Node | undefined)[] => {
    switch (kind.case) {
      case "selectExpr":
        return [kind.value.operand];
      case "callExpr":
        return [kind.value.target, ...kind.value.args];
      case "listExpr":
        return kind.value.elements;
      case "structExpr":
        return kind.value.entries.flatMap(({ keyKind, value }) => [
          keyKind.case === "mapKey" ? keyKind.value : undefined,
          value,
        ]);
      case "comprehensionExpr": {
        const { iterRange, accuInit, loopCondition, loopStep, result } = kind.value;
        return [iterRange, accuInit, loopCondition, loopStep, result];
      }
      default:
        return [];
    }
  };
  return list().filter((node) => node !== undefined);
}

/** Returns an error for an unknown name or function in `node`, or undefined. `onlyLogic`: only comparisons, as in a cancelOn. */
function unknownName(node: Node, onlyLogic: boolean, names: string[]): string | undefined {
  const { exprKind: kind } = node;
  let known = names;
  if (kind.case === "identExpr" && !names.includes(kind.value.name))
    return `undeclared reference to '${kind.value.name}'`;
  if (onlyLogic && kind.case === "selectExpr" && kind.value.testOnly) return "macros are disallowed (uses 'has')";
  if (kind.case === "callExpr") {
    const { function: name, target, args } = kind.value;
    if (onlyLogic && !LOGIC.includes(name)) return `function calls are disallowed (uses '${name}')`;
    const declared = [...(env.funcs.find(name) ?? [])].some(
      (one) => (one.target === undefined) === (target === undefined) && one.arguments.length === args.length,
    );
    if (!declared && !OPERATORS.includes(name)) return `undeclared reference to '${name}'`;
  }
  if (kind.case === "comprehensionExpr") {
    if (onlyLogic) return "macros are disallowed";
    known = [...names, kind.value.iterVar, kind.value.iterVar2, kind.value.accuVar];
  }
  return children(node)
    .map((child) => unknownName(child, onlyLogic, known))
    .find((problem) => problem !== undefined);
}

/**
 * Why `expression` cannot be that of a wait of a run of `event`, or undefined. The server accepts some waits that never end. It writes
 * the values of `event` into the expression and parses the text again, which loses some of them (found by running both).
 */
export function waitError(expression: string, event: JsonObject): string | undefined {
  const known = expressionError(expression);
  if (known !== undefined) return known;
  const interpolated = isInterpolated(expression);
  if (!interpolated && unusualString(expression)) return "raw, triple-quoted and byte strings never match";
  try {
    const left = remainder(parseExpression(expression, true), { event, interpolated, required: true });
    return left === "error" && interpolated ? "a field after an index or a function never matches" : undefined;
  } catch (error) {
    return error instanceof NeverMatches ? error.message : undefined;
  }
}

class NeverMatches extends Error {}

interface Reading {
  event: JsonObject;
  interpolated: boolean;
  /** The expression is false when this part of it is. */
  required: boolean;
}

/** What the server makes of a part of a wait's expression: its value when `async` is not in it, or whether `async` is found in it. */
type Remainder = { value: unknown } | "unknown" | "error";

function remainder(node: Node, reading: Reading): Remainder {
  const { exprKind: kind } = node;
  if (!mentionsAsync(node)) return { value: evaluateNode(node, { event: reading.event, async: {} }) };
  if (kind.case === "identExpr") return "unknown";
  if (kind.case === "comprehensionExpr") return reading.interpolated ? never("a macro with event") : "unknown";
  if (kind.case === "selectExpr") {
    let root: Node | undefined = node;
    while (root?.exprKind.case === "selectExpr") root = root.exprKind.value.operand;
    return root?.exprKind.case === "identExpr" ? "unknown" : "error";
  }
  const name = kind.case === "callExpr" ? kind.value.function : "";
  const parts = children(node);
  if (name === "_||_" || name === "_&&_") {
    const decides = (part: Node) =>
      !mentionsAsync(part) && evaluateNode(part, { event: reading.event, async: {} }) === (name === "_||_");
    if (parts.some(decides)) return { value: name === "_||_" };
  }
  const required = reading.required && name === "_&&_";
  const left = parts.map((part) => remainder(part, { ...reading, required }));
  const values = left.flatMap((part) => (typeof part === "object" ? [part.value] : []));
  if (reading.interpolated && values.some((value) => contains(value, isLostNumber)))
    never("a number of one digit and zeros, such as 1000000 or 0.00001,");
  if (reading.interpolated && name === "_[_]" && values.some((value) => typeof value === "number"))
    never("an index from event");
  const isLost = reading.interpolated ? isEscaped : (value: unknown) => String(value).includes("\\");
  if (reading.required && name === "_==_" && values.some((value) => contains(value, isLost)))
    never("a text with quotes, backslashes or line breaks");
  return left.includes("unknown") ? "unknown" : left.includes("error") ? "error" : { value: undefined };
}

function never(what: string): never {
  throw new NeverMatches(`${what} never matches`);
}

const mentionsAsync = (node: Node): boolean =>
  (node.exprKind.case === "identExpr" && node.exprKind.value.name === "async") || children(node).some(mentionsAsync);

/** Go writes such a number as `1e+06`, and cel-go appends `.0`. */
const isLostNumber = (value: unknown): boolean =>
  typeof value === "number" &&
  /^-?\de/.test(value.toExponential()) &&
  (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-4) &&
  value !== 0;

/** Go's `strconv.Quote` escapes such a text, and the server does not undo it. */
const isEscaped = (value: unknown): boolean =>
  typeof value === "string" && /["\\\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(value);

function contains(value: unknown, test: (value: unknown) => boolean): boolean {
  const inner = isCelList(value) ? [...value] : isCelMap(value) ? [...value].flat() : [];
  return test(value) || inner.some((one) => contains(one, test));
}
