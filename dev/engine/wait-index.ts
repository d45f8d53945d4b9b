import type { parse } from "@bufbuild/cel";
import { evaluate, parseExpression } from "./expression";
import { at, type JsonObject } from "./json";

/** Something that an event can end: a step that waits, or a run that an event cancels. */
export interface Wait {
  id: string;
  event: string;
  key?: WaitKey;
}

/** The waits for one event name. A wait with a known equality is indexed by its value; all others are in `other`. */
interface Named<T> {
  keyed: Map<string, Map<string, Set<T>>>;
  other: Set<T>;
}

/** Finds the waits that an event may end, by event name and then by the value of one field. It does not evaluate all waits. */
export class WaitIndex<T extends Wait> {
  readonly #byEvent = new Map<string, Named<T>>();
  readonly #byId = new Map<string, T>();

  get size(): number {
    return this.#byId.size;
  }

  add(wait: T): void {
    this.remove(wait.id);
    this.#byId.set(wait.id, wait);
    let named = this.#byEvent.get(wait.event);
    if (!named) {
      named = { keyed: new Map(), other: new Set() };
      this.#byEvent.set(wait.event, named);
    }
    if (!wait.key) {
      named.other.add(wait);
      return;
    }
    const values = named.keyed.get(wait.key.path) ?? new Map<string, Set<T>>();
    named.keyed.set(wait.key.path, values);
    const same = values.get(wait.key.value) ?? new Set<T>();
    values.set(wait.key.value, same);
    same.add(wait);
  }

  remove(id: string): void {
    const wait = this.#byId.get(id);
    if (!wait) return;
    this.#byId.delete(id);
    const named = this.#byEvent.get(wait.event);
    named?.other.delete(wait);
    if (!wait.key) return;
    const values = named?.keyed.get(wait.key.path);
    const same = values?.get(wait.key.value);
    same?.delete(wait);
    if (same?.size === 0) values?.delete(wait.key.value);
  }

  /** The waits for `name` that the fields of `event` do not rule out. */
  candidates(name: string, event: JsonObject): T[] {
    const named = this.#byEvent.get(name);
    if (!named) return [];
    const found = [...named.other];
    for (const [path, values] of named.keyed) {
      const value = indexable(at(event, path));
      if (value !== undefined) found.push(...(values.get(value) ?? []));
    }
    return found;
  }
}

type Node = ReturnType<typeof parse>["expr"];

/** One equality that an awaited event must satisfy: the value at `path` of the event is `value`. */
export interface WaitKey {
  path: string;
  value: string;
}

/** The text under which a value is indexed; undefined for what cannot be compared as text. */
function indexable(value: unknown): string | undefined {
  if (typeof value === "bigint") return `number:${Number(value)}`;
  return ["string", "number", "boolean"].includes(typeof value) ? `${typeof value}:${value}` : undefined;
}

/**
 * The first equality between a field of `async` and a value that is known now, among the terms that `&&` joins. An
 * event with another value there cannot match, so the wait is not evaluated (as in the server's expression aggregator,
 * pkg/expressions/expragg).
 */
export function waitKey(expression: string | undefined, event: JsonObject): WaitKey | undefined {
  if (expression === undefined) return undefined;
  for (const term of conjuncts(parseExpression(expression, true))) {
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
  const { constantKind } = node.exprKind.value;
  // A missing field equals null, so an event without the field must find the wait.
  return constantKind.case === "nullValue" ? undefined : { value: constantKind.value };
}
