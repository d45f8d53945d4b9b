import type { Operation, Scenario } from "./scenario";
import type { Outcome } from "./simulator";

/** A shrunk scenario is worth some minutes of a machine, not more. */
const MAX_RUNS = 80;

/** Two failures are the same if they differ in ids, amounts and times only. */
const kindOf = (fault: string): string =>
  fault
    .split("\n")[0]
    ?.replace(/\b\w+_\w{10,}\b|\d+/g, "#")
    .slice(0, 80) ?? "";

/**
 * Drops operations and faults, and simplifies what is left, while the scenario still fails in the same way. Returns the smallest
 * scenario found, with what became of it.
 */
export async function shrink(
  failing: Scenario,
  outcome: Outcome,
  run: (scenario: Scenario) => Promise<Outcome>,
): Promise<{ scenario: Scenario; outcome: Outcome }> {
  const kinds = new Set(outcome.faults.map(kindOf));
  let best = { scenario: failing, outcome };
  let runs = 0;
  for (let smaller = true; smaller && runs < MAX_RUNS; ) {
    smaller = false;
    for (const candidate of candidates(best.scenario)) {
      if (runs++ >= MAX_RUNS) break;
      const result = await run(candidate);
      if (!result.faults.some((fault) => kinds.has(kindOf(fault)))) continue;
      best = { scenario: candidate, outcome: result };
      smaller = true;
      break;
    }
  }
  return best;
}

/** Smaller scenarios, the smallest first. Operations keep their ids, so that faults stay at theirs. */
function* candidates(scenario: Scenario): Generator<Scenario> {
  const { operations, faults } = scenario;
  const last = operations.length;
  for (let size = Math.ceil(last / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let from = last - size; from >= 0; from -= size)
      yield { ...scenario, operations: operations.filter((_, index) => index < from || index >= from + size) };
  for (const one of faults) yield { ...scenario, faults: faults.filter((fault) => fault !== one) };
  for (const one of operations)
    for (const simpler of simplified(one))
      yield { ...scenario, operations: operations.map((operation) => (operation === one ? simpler : operation)) };
}

function* simplified(operation: Operation): Generator<Operation> {
  if ("repeat" in operation && operation.repeat !== "no") yield { ...operation, repeat: "no" };
  if (operation.do === "checkout" && operation.items.length > 1)
    yield { ...operation, items: operation.items.slice(0, 1) };
  if (operation.after > 0) yield { ...operation, after: 0 };
}
