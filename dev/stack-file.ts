import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** What a running stack tells of itself in `.local/stack.json`. */
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

/** The stack that ran from this folder last and did not end by itself: it runs still, or was killed. */
export function lastStack(dir: string): StackInfo | undefined {
  if (!existsSync(file(dir))) return undefined;
  try {
    return JSON.parse(readFileSync(file(dir), "utf8"));
  } catch {
    return undefined;
  }
}

/** Its process, from before the first part of a stack starts until the last one has stopped. */
const claimFile = (dir: string) => path.join(dir, "claim.pid");

/**
 * Takes the folder for a stack of this process: two on the same data would end each other's PostgreSQL.
 * @throws when a stack runs from it, or is just being started
 */
export function claimFolder(dir: string): void {
  refuseOther(dir);
  mkdirSync(dir, { recursive: true });
  rmSync(claimFile(dir), { force: true });
  writeFileSync(claimFile(dir), String(process.pid), { flag: "wx" });
}

/** @throws when another process has a stack in this folder; what a killed one has left does not count. */
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

/** A pid may have been given to another program since. Without /proc, that it lives is all there is to know. */
function isAlive(pid: number): boolean {
  const about = `/proc/${pid}/cmdline`;
  try {
    process.kill(pid, 0);
    return !existsSync("/proc/self/cmdline") || readFileSync(about, "utf8").includes("setup.mjs");
  } catch {
    return false;
  }
}
