import type { Scenario } from "./scenario";
import { type Outcome, openSimulator } from "./simulator";

/** What the command asks of a worker, one at a time, and the worker's answer. */
export type Job = Scenario;
export type Answer = "ready" | Outcome;

const simulator = await openSimulator(process.argv[2] ?? "");
process.on("message", async (scenario: Job) => {
  const outcome = await simulator.run(scenario).catch((error: unknown): Outcome => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { faults: [`the simulation itself failed: ${text}`], timeline: [], strikes: [], seen: {} };
  });
  process.send?.(outcome);
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
