import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const SOURCES = ["app", "inngest", "lib", "prisma/schema", "public"];
const FILES = [
  "package-lock.json",
  "next.config.ts",
  "tsconfig.json",
  "instrumentation.ts",
  "proxy.ts",
  "postcss.config.mjs",
];
const FINGERPRINT_FILE = ".next/built-from";

/** Builds the app for production unless `.next` holds a build of the current sources. */
export function ensureBuilt(log: (line: string) => void): void {
  const current = fingerprint();
  if (existsSync(FINGERPRINT_FILE) && readFileSync(FINGERPRINT_FILE, "utf8") === current) return;
  log("Building the app…");
  const next = path.join("node_modules", "next", "dist", "bin", "next");
  const { status, stdout, stderr } = spawnSync(process.execPath, [next, "build"], {
    encoding: "utf8",
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
  });
  if (status !== 0) throw new Error(`The build failed:\n${stdout}\n${stderr}`);
  writeFileSync(FINGERPRINT_FILE, current);
}

function fingerprint(): string {
  const sum = createHash("sha256");
  for (const folder of SOURCES.filter((name) => existsSync(name)))
    for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }).sort((a, b) =>
      key(a).localeCompare(key(b)),
    ))
      if (file.isFile()) sum.update(key(file)).update(readFileSync(key(file)));
  for (const file of FILES) if (existsSync(file)) sum.update(file).update(readFileSync(file));
  return sum.digest("hex");
}

const key = (file: { parentPath: string; name: string }) => path.join(file.parentPath, file.name);
