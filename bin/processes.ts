import cluster, { type Worker } from "node:cluster";
import { log } from "@/lib/log";

/** A process that ends at once when it starts must not keep the machine busy. */
const RESTART_DELAY_MS = 1_000;

/** As in `npm start`, for those who start the program in another way and set no limit. */
const HEAP_LIMITS = process.env.NODE_OPTIONS?.includes("max-old-space-size")
  ? []
  : ["--max-old-space-size=384", "--max-semi-space-size=8"];

/**
 * Whether an option of Node.js is `--import tsx`, or its value. A copy runs the bundle, so it needs no TypeScript loader. The loader
 * takes 130 MB at rest, and 500 MB under load.
 */
const isLoader = (index: number, options: string[]) => options.slice(index, index + 2).includes("tsx");

/**
 * Runs `count` copies of the built program behind one port and replaces each that ends. It passes signals on and exits when all
 * copies have exited. If no copy could ever listen, it exits with status 1. `env` is added to the environment of each copy.
 */
export function runProcesses(count: number, env: Record<string, string>): void {
  let stopping = 0;
  let hasListened = false;
  const running = new Set<Worker>();
  // Of an option that is given twice, the last one counts.
  const options = process.execArgv.filter((_option, index, all) => !isLoader(index, all));
  cluster.setupPrimary({ exec: "bin/run.mjs", execArgv: [...HEAP_LIMITS, ...options] });
  const start = () => {
    if (stopping) return;
    const copy = cluster.fork(env);
    running.add(copy);
    copy.once("listening", () => {
      hasListened = true;
    });
    copy.once("exit", (code, signal) => {
      running.delete(copy);
      if (!stopping && !hasListened) {
        log.fatal({ code, signal }, "no process could start");
        process.exitCode = 1;
        stop("SIGTERM");
      }
      if (stopping && running.size === 0) process.exit();
      if (stopping) return;
      log.error({ pid: copy.process.pid, code, signal }, "a process ended; it is replaced");
      setTimeout(start, RESTART_DELAY_MS);
    });
  };
  const stop = (signal: NodeJS.Signals) => {
    // As in a single process: a signal more than a second later exits at once.
    if (stopping && performance.now() - stopping > 1_000) process.exit(1);
    stopping ||= performance.now();
    for (const copy of running) copy.process.kill(signal);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, stop);
  for (let i = 0; i < count; i++) start();
}
