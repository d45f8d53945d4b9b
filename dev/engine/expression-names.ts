import type { CelEnv, parse } from "@bufbuild/cel";

type Node = ReturnType<typeof parse>["expr"];

/** What an expression may name by itself (server: pkg/expressions/exprenv), and CEL's types. */
const ROOTS = ["event", "async", "vars"];
const TYPES = ["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"];
/** Operators that are no functions of the environment. */
const OPERATORS = ["_[_]", "_?_:_", "_&&_", "_||_", "@not_strictly_false"];
/** All that a cancelOn may call (server: pkg/expressions/validation.go). */
const LOGIC = [
  ...["_?_:_", "_&&_", "_||_", "!_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "_[_]", "@in"],
  ...["int", "uint", "double"],
];

/** What `node` names or calls that is not there, or undefined. `onlyLogic`: as in a cancelOn, nothing but comparisons. */
export function unknownName(env: CelEnv, node: Node, onlyLogic: boolean): string | undefined {
  const look = (one: Node | undefined, bound: string[]): string | undefined => {
    const kind = one?.exprKind;
    const first = (nodes: (Node | undefined)[], names = bound) =>
      nodes.map((inner) => look(inner, names)).find((problem) => problem !== undefined);
    switch (kind?.case) {
      case "identExpr":
        return bound.includes(kind.value.name) ? undefined : `undeclared reference to '${kind.value.name}'`;
      case "selectExpr":
        return onlyLogic && kind.value.testOnly
          ? "macros are disallowed (uses 'has')"
          : look(kind.value.operand, bound);
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
  return look(node, [...ROOTS, ...TYPES]);
}
