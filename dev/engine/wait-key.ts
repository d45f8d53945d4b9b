import type { parse } from "@bufbuild/cel";
import { evaluate, parseExpression } from "./expression";
import type { JsonObject } from "./json";

type Node = ReturnType<typeof parse>["expr"];

/** One equality that an awaited event must satisfy: the value at `path` of the event is `value`. */
export interface WaitKey {
  path: string;
  value: string;
}

/** The text under which a value is indexed; undefined for what cannot be compared as text. */
export function indexable(value: unknown): string | undefined {
  if (typeof value === "bigint") return `number:${Number(value)}`;
  return ["string", "number", "boolean"].includes(typeof value) ? `${typeof value}:${value}` : undefined;
}

/**
 * The first equality between a field of `async` and something known now, found among the terms that `&&` joins. An
 * event with another value there cannot match, so the wait need not be looked at (the server's expression aggregator,
 * pkg/expressions/expragg, serves the same purpose).
 */
export function waitKey(expression: string | undefined, event: JsonObject): WaitKey | undefined {
  if (expression === undefined) return undefined;
  for (const term of conjuncts(parseExpression(expression))) {
    if (term.exprKind.case !== "callExpr" || term.exprKind.value.function !== "_==_") continue;
    const [left, right] = term.exprKind.value.args;
    for (const [one, other] of [
      [left, right],
      [right, left],
    ]) {
      const path = one && pathFrom(one, "async");
      const source = other && (literal(other) ?? pathFrom(other, "event"));
      if (!path || source === undefined) continue;
      const known = typeof source === "string" ? evaluate(`event.${source}`, { event }) : source.value;
      const value = typeof source === "string" && known === false ? undefined : indexable(known);
      if (value !== undefined) return { path, value };
    }
  }
  return undefined;
}

function conjuncts(node: Node): Node[] {
  if (node.exprKind.case !== "callExpr" || node.exprKind.value.function !== "_&&_") return [node];
  return node.exprKind.value.args.flatMap(conjuncts);
}

function pathFrom(node: Node, root: string): string | undefined {
  if (node.exprKind.case !== "selectExpr") return undefined;
  const { operand, field, testOnly } = node.exprKind.value;
  if (!operand || testOnly) return undefined;
  if (operand.exprKind.case === "identExpr") return operand.exprKind.value.name === root ? field : undefined;
  const parent = pathFrom(operand, root);
  return parent === undefined ? undefined : `${parent}.${field}`;
}

function literal(node: Node): { value: unknown } | undefined {
  if (node.exprKind.case !== "constExpr") return undefined;
  return { value: node.exprKind.value.constantKind.value };
}
