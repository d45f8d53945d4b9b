import { type CelEnv, type CelInput, isCelError, parse, plan } from "@bufbuild/cel";

type Node = ReturnType<typeof parse>["expr"];
type Bindings = Record<string, CelInput>;

/** A field that the event does not have. */
const UNKNOWN = Symbol("unknown");

const SIZE = "size";
const truthy = (value: unknown): boolean =>
  value !== UNKNOWN && value !== null && value !== false && value !== "" && value !== 0 && value !== 0n;

/**
 * Evaluates an expression that plain CEL refuses, by the server's rules (pkg/expressions/unknown.go): a missing field
 * equals null and nothing else (not even another missing field), is less than anything, and is false by itself; `+`
 * joins values of different types as text; `||`, `&&`, `!` and `?:` take any value for a condition.
 */
export function evaluateLeniently(env: CelEnv, node: Node, bindings: Bindings): unknown {
  const value = visit(env, node, bindings);
  return value === UNKNOWN ? false : value;
}

function visit(env: CelEnv, node: Node, bindings: Bindings): unknown {
  const plain = plan(env, node)(bindings);
  if (!isCelError(plain)) return plain;
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

/** Calls the operator of `node` on values that were worked out already. */
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
