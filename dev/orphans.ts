import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { lastStack } from "./stack-file";
import { until } from "./until";

/** Next.js' own note of the server that develops in this folder; it refuses to start a second one. */
const LOCK = ".next/dev/lock";
const lockSchema = z.object({ pid: z.int().positive(), appUrl: z.string() });

/** Ends the Next.js server that a stack in `dir` left behind when it was killed together with what guarded it. */
export async function endOrphan(dir: string): Promise<void> {
  const lock = readLock();
  if (!lock || lock.appUrl !== lastStack(dir)?.app || !isNext(lock.pid)) return;
  process.kill(lock.pid, "SIGKILL");
  await until(() => !isNext(lock.pid), "the Next.js of an earlier start to end");
}

function readLock(): z.output<typeof lockSchema> | undefined {
  if (!existsSync(LOCK)) return undefined;
  try {
    return lockSchema.parse(JSON.parse(readFileSync(LOCK, "utf8")));
  } catch {
    return undefined; // another version's form: Next.js itself will say what is wrong
  }
}

function isNext(pid: number): boolean {
  try {
    return execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" }).includes("next-server");
  } catch {
    return false;
  }
}
