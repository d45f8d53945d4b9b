import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Child {
  /** Resolves to the exit code. */
  ended: Promise<number>;
  alive(): boolean;
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<void>;
  /** Sends SIGKILL and waits for the end. */
  kill(): Promise<void>;
}

/** Starts a program that ends with this process. Its output goes to `onLine`. */
export function startChild(program: string[], env: NodeJS.ProcessEnv, onLine: (line: string) => void): Child {
  const child: ChildProcess = fork(fileURLToPath(new URL("guard.mjs", import.meta.url)), program, {
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    execArgv: [],
  });
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    });
  }
  const ended = new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
  return {
    ended,
    alive: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
    async kill() {
      child.send("kill");
      await ended;
    },
  };
}
