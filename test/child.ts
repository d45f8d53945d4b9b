import { type ChildProcess, spawn } from "node:child_process";
import { waitUntil as until } from "@/dev/wait-until";

/** A program that a test started, and what it has said. */
export interface Program {
  process: ChildProcess;
  output(): string;
  /** Resolves to the exit code, or null when a signal ended it. */
  ended: Promise<number | null>;
  /** Waits until it has said this. */
  says(pattern: RegExp, timeout?: number): Promise<RegExpExecArray>;
}

const running = new Set<ChildProcess>();

/** Starts a script of Node with exactly this environment and the path. */
export function run(args: string[], env: Record<string, string>, cwd = process.cwd()): Program {
  return runProgram(process.execPath, args, env, cwd);
}

/** Starts a program with exactly this environment and the path. */
export function runProgram(file: string, args: string[], env: Record<string, string>, cwd = process.cwd()): Program {
  const child = spawn(file, args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  void ended.then(() => running.delete(child));
  return {
    process: child,
    output: () => output,
    ended,
    async says(pattern, timeout = 120_000) {
      const said = () => pattern.exec(output);
      await until(() => said() !== null || child.exitCode !== null, `a program to say ${pattern}`, { timeout });
      return said() ?? Promise.reject(new Error(`It ended without saying ${pattern}:\n${output}`));
    },
  };
}

/** Ends what a failed test has left running. */
export function endAll(): void {
  for (const child of running) child.kill("SIGKILL");
}
