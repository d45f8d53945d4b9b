import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { waitUntil } from "./wait-until";

/** The content of `.local/stack.json` while a stack runs. */
export interface StackInfo {
  pid: number;
  app: string;
  inngest: string;
  stripe: string;
  mailbox: string;
  database: string;
  users: { role: string; email: string; password: string }[];
}

const file = (dir: string) => path.join(dir, "stack.json");

/** The last stack of this folder that still runs or was killed. */
function lastStack(dir: string): StackInfo | undefined {
  if (!existsSync(file(dir))) return undefined;
  try {
    return JSON.parse(readFileSync(file(dir), "utf8"));
  } catch {
    return undefined;
  }
}

/** Holds the pid of a stack from before its first part starts until its last part has stopped. */
const claimFile = (dir: string) => path.join(dir, "claim.pid");

/**
 * Claims the folder for a stack of this process. Two stacks on the same data would stop each other's PostgreSQL. Returns whether
 * the last stack of the folder was killed.
 * @throws when another stack runs from it or is starting
 */
export function claimFolder(dir: string): boolean {
  refuseOther(dir);
  mkdirSync(dir, { recursive: true });
  const wasKilled = existsSync(claimFile(dir));
  rmSync(claimFile(dir), { force: true });
  writeFileSync(claimFile(dir), String(process.pid), { flag: "wx" });
  return wasKilled;
}

/** @throws when another running process has a stack in this folder */
export function refuseOther(dir: string): void {
  const holder = existsSync(claimFile(dir)) ? Number(readFileSync(claimFile(dir), "utf8")) : process.pid;
  if (holder === process.pid || !isAlive(holder)) return;
  const stack = lastStack(dir);
  throw new Error(
    stack?.pid === holder
      ? `A stack runs from this folder already (pid ${holder}): ${stack.app}`
      : `A stack is being started from this folder already (pid ${holder}).`,
  );
}

export function writeStack(dir: string, info: StackInfo): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(`${file(dir)}.new`, `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file(dir)}.new`, file(dir));
}

export function removeStack(dir: string): void {
  rmSync(file(dir), { force: true });
  rmSync(claimFile(dir), { force: true });
}

/** Whether the process is a running stack. The pid may belong to another program now; only /proc can tell. */
function isAlive(pid: number): boolean {
  const about = `/proc/${pid}/cmdline`;
  try {
    process.kill(pid, 0);
    return !existsSync("/proc/self/cmdline") || readFileSync(about, "utf8").includes("setup.mjs");
  } catch {
    return false;
  }
}

/** Next.js' own note of the development server of this folder. Next.js refuses to start a second one. */
const NEXT_LOCK = ".next/dev/lock";
const lockSchema = z.object({ pid: z.int().positive(), appUrl: z.string() });

/** Ends the Next.js server that a stack in `dir` left behind when it was killed together with its guard. */
export async function killLeftoverNext(dir: string): Promise<void> {
  const lock = readNextLock();
  if (!lock || lock.appUrl !== lastStack(dir)?.app || !isProcess(lock.pid, "next-server")) return;
  process.kill(lock.pid, "SIGKILL");
  await waitUntil(() => !isProcess(lock.pid, "next-server"), "the Next.js of an earlier start to end");
}

/** Deletes what Next.js has compiled for development. After a kill it can be incomplete, and every page is 500 then. */
export function removeCompiledPages(): void {
  const lock = readNextLock();
  if (lock && isProcess(lock.pid, "next-server")) return;
  rmSync(path.dirname(NEXT_LOCK), { recursive: true, force: true });
}

function readNextLock(): z.output<typeof lockSchema> | undefined {
  if (!existsSync(NEXT_LOCK)) return undefined;
  try {
    return lockSchema.parse(JSON.parse(readFileSync(NEXT_LOCK, "utf8")));
  } catch {
    return undefined; // the form of another version: Next.js itself will report the problem
  }
}

/** Whether the process with this pid has `name` in its command line. */
export function isProcess(pid: number, name: string): boolean {
  try {
    return execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" }).includes(name);
  } catch {
    return false;
  }
}
