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

/** The stack that runs from this folder, if one does: a file left by a killed one does not count. */
export function runningStack(dir: string): StackInfo | undefined {
  const info = lastStack(dir);
  if (!info || info.pid === process.pid) return undefined;
  try {
    process.kill(info.pid, 0);
    return isNode(info.pid) ? info : undefined;
  } catch {
    return undefined;
  }
}

export function writeStack(dir: string, info: StackInfo): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(`${file(dir)}.new`, `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file(dir)}.new`, file(dir));
}

export function removeStack(dir: string): void {
  rmSync(file(dir), { force: true });
}

/** A pid may have been given to another program since. Without /proc, that it lives is all there is to know. */
function isNode(pid: number): boolean {
  const about = `/proc/${pid}/cmdline`;
  return !existsSync("/proc/self/cmdline") || (existsSync(about) && readFileSync(about, "utf8").includes("setup.mjs"));
}
