import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from "node:fs";
import path from "node:path";

const SOURCES = ["app", "bin", "inngest", "lib", "prisma/schema", "public"];
const FILES = [
  "package-lock.json",
  "next.config.ts",
  "tsconfig.json",
  "instrumentation.ts",
  "proxy.ts",
  "postcss.config.mjs",
];
/** The programs of `npm run build`. */
const PROGRAMS = [["node_modules/next/dist/bin/next", "build"], ["bin/bundle.mjs"]];
/** The last file that they write. */
const LAST_FILE = ".next/bin/start.mjs";

/** Builds the app for production unless the last build, also one of `npm run build`, is newer than all sources. */
export function ensureBuilt(log: (line: string) => void): void {
  if (existsSync(LAST_FILE) && statSync(LAST_FILE).mtimeMs > lastChange()) return;
  log("Building the app…");
  const started = new Date();
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  for (const program of PROGRAMS) {
    const { status, stdout, stderr } = spawnSync(process.execPath, program, { encoding: "utf8", env });
    if (status !== 0) throw new Error(`The build failed:\n${stdout}\n${stderr}`);
  }
  // A source that changes during the build is newer than it.
  utimesSync(LAST_FILE, started, started);
}

/** The latest change of a source. A folder changes when a file in it is deleted or renamed. */
function lastChange(): number {
  const folders = SOURCES.filter((name) => existsSync(name));
  const inside = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => path.join(folder, name)),
  );
  const files = FILES.filter((name) => existsSync(name));
  return Math.max(...[...folders, ...inside, ...files].map((name) => statSync(name).mtimeMs));
}

/** The arguments that `npm start` gives to Node.js. */
export function startArguments(): string[] {
  const { scripts }: { scripts: { start: string } } = JSON.parse(readFileSync("package.json", "utf8"));
  return scripts.start.replace(/^exec node /, "").split(" ");
}
