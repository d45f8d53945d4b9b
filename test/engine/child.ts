import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const ENTRY = new URL("../../dev/serve.ts", import.meta.url).pathname;

export interface EngineProcess {
  url: string;
  port: number;
  /** Ends it with SIGKILL. */
  kill: () => Promise<void>;
}

/** Starts the engine in its own process, on the wall clock. Resolves once it listens. */
export async function spawnEngine(store: string, port = 0): Promise<EngineProcess> {
  const args = ["--import", "tsx", ENTRY, "engine", "--port", String(port), "--store", store];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const { stdout } = child;
  if (!stdout) throw new Error("the engine has no output");
  const url = await new Promise<string>((resolve, reject) => {
    exited.then(() => reject(new Error("the engine ended before it listened")));
    // The lines are read for as long as the engine runs: a full pipe would stop it.
    createInterface({ input: stdout }).on("line", (line) => {
      const found = /listening on (\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return {
    url,
    port: Number(new URL(url).port),
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
