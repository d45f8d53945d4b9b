import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { TEMPLATE } from "@/dev/database";
import type { Postgres } from "@/dev/postgres";
import type { Scenario } from "./scenario";
import { MAX_SCENARIOS, type Outcome } from "./simulator";
import type { Answer } from "./worker";

/** Runs scenarios in a process of its own, which has a database of its own. */
export interface Worker {
  run(scenario: Scenario): Promise<Outcome>;
  close(): void;
}

const FILE = fileURLToPath(new URL("worker.ts", import.meta.url));
/** A scenario takes seconds. One that takes this long waits for something that will not come. */
const MAX_SCENARIO_MS = 180_000;
let databases = 0;

export async function openWorker(server: Postgres): Promise<Worker> {
  const start = async () => {
    const name = `simulation_${++databases}`;
    await server.createDatabase(name, TEMPLATE);
    // In development React's checks of every element take half of the time.
    const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: "production" };
    const child = fork(FILE, [server.url(name)], { env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
    await next(child, MAX_SCENARIO_MS);
    return child;
  };
  let child = await start();
  let ran = 0;
  return {
    async run(scenario) {
      if (ran++ === MAX_SCENARIOS) {
        child.kill("SIGKILL");
        child = await start();
        ran = 1;
      }
      child.send(scenario);
      try {
        const answer = await next(child, MAX_SCENARIO_MS);
        if (answer !== "ready") return answer;
        throw new Error("out of step");
      } catch (error) {
        child.kill("SIGKILL");
        child = await start();
        const text = error instanceof Error ? error.message : String(error);
        return { faults: [`the scenario did not end: ${text}`], timeline: [], strikes: [], seen: {} };
      }
    },
    close: () => void child.kill("SIGKILL"),
  };
}

/** Returns the next answer of a worker. @throws if it ends, or does not answer in time, because it hangs */
async function next(child: ChildProcess, timeout: number): Promise<Answer> {
  const done = new AbortController();
  const signal = AbortSignal.any([done.signal, AbortSignal.timeout(timeout)]);
  const ended = once(child, "exit", { signal }).then(([code]) => {
    throw new Error(`the worker ended with ${code}`);
  });
  try {
    const [answer] = await Promise.race([once(child, "message", { signal }), ended]);
    return answer;
  } finally {
    ended.catch(() => {});
    done.abort();
  }
}
