import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const ENTRY = new URL("../../dev/engine/main.ts", import.meta.url).pathname;

export interface EngineProcess {
  url: string;
  port: number;
  /** Ends it as a power cut would. */
  kill: () => Promise<void>;
}

/** The engine in a process of its own, on the wall clock; resolves once it listens. */
export async function spawnEngine(journal: string, port = 0): Promise<EngineProcess> {
  const child: ChildProcess = spawn(
    process.execPath,
    ["--import", "tsx", ENTRY, "--port", String(port), "--journal", journal],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const exited = once(child, "exit");
  const { stdout } = child;
  if (!stdout) throw new Error("the engine has no output");
  const url = await new Promise<string>((resolve, reject) => {
    exited.then(() => reject(new Error("the engine ended before it listened")));
    // The lines are read for as long as it lives: a full pipe would stop it.
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
