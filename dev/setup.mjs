// The first step of every command in package.json: installs missing packages, generates the Prisma client, then runs the
// command. Plain JavaScript, because nothing is installed yet on a fresh clone.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { phase } from "./progress.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
process.chdir(root);
const [command = "", ...args] = process.argv.slice(2);

/** Each command is one or more programs, run one after the other until one fails. A `.ts` file runs in this process. */
const bin = (file) => path.join("node_modules", file);
const commands = {
  install: () => [],
  dev: () => ["dev/dev.ts"],
  demo: () =>
    args.includes("--all")
      ? ["dev/demo.ts", "dev/demo-scenario/run.ts"].map((file) => ["--import", "tsx", file])
      : ["dev/demo.ts"],
  screenshots: () => ["dev/screenshots.ts"],
  migration: () => ["dev/migration.ts"],
  bench: () =>
    args[0] === "--peer"
      ? [["--import", "tsx", "test/bench/peer.ts", ...args.slice(1)]]
      : [[bin("vitest/vitest.mjs"), "run", "--config", "test/bench/vitest.config.ts", ...args]],
  profile: () => [["--import", "tsx", "test/bench/profile.ts", ...args]],
  test: () => [[bin("vitest/vitest.mjs"), "run", ...args]],
  "test:browser": () => [[bin("vitest/vitest.mjs"), "run", "--config", "test/browser/vitest.config.ts", ...args]],
  "test:simulation": () => [["--import", "tsx", "test/simulation/run.ts", ...args]],
  "test:fuzz": () => [["--import", "tsx", "test/security/fuzz/run.ts", ...args]],
  "test:crash": () => [["--import", "tsx", "test/crash/run.ts", ...args]],
  "test:load": () => [["--import", "tsx", "test/load/run.ts", ...args]],
  "test:mutants": () => [["--import", "tsx", "test/mutants/run.ts", ...args]],
  check: () => [
    [bin("@biomejs/biome/bin/biome"), "check", "--error-on-warnings", "."],
    // Next.js generates the types of its routes and imports.
    [bin("next/dist/bin/next"), "typegen"],
    [bin("typescript/bin/tsc"), "--noEmit"],
    // The layers of the product (.dependency-cruiser.mjs), and its words.
    [bin("dependency-cruiser/bin/dependency-cruise.mjs"), ...["app", "bin", "inngest", "lib", "prisma"]],
    ["--import", "tsx", "dev/vocabulary.ts"],
    [bin("knip/bin/knip.js")],
  ],
};

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19))
  fail(`Steadfast needs Node.js 20.19 or later; this is ${process.version}.`);
if (!commands[command]) fail(`There is no command "${command}". There are: ${Object.keys(commands).join(", ")}.`);

await install();
await generate();
// Only `npm run dev` uses the file. Tests and the demo have their own database and accounts.
if (command === "dev" && existsSync(".env")) process.loadEnvFile(".env");
for (const program of commands[command]()) {
  if (typeof program === "string") await inProcess(program);
  else if ((await run(process.execPath, program)) !== 0) process.exit(1);
}

/** Installs from the lockfile when the installed packages differ. Packages run no install scripts. */
async function install() {
  const mark = path.join("node_modules", ".steadfast-lock");
  const wanted = hash([readFileSync("package-lock.json")]);
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted) return;
  const npms = path.join("node_modules", ".package-lock.json");
  const fresh = existsSync(npms) && statSync(npms).mtimeMs >= statSync("package-lock.json").mtimeMs;
  if (!fresh) {
    const npm = process.env.npm_execpath;
    const use = (...how) => {
      const flags = [...how, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
      return npm ? run(process.execPath, [npm, ...flags]) : run("npm", flags);
    };
    // `npm ci` refuses a lockfile that lacks another platform's optional package, which a mirror of the registry may not
    // have. `npm install` installs the same versions without that package.
    const installAll = async () => (await use("ci")) === 0 || (await use("install", "--no-save")) === 0;
    if (!(await phase("Installing packages, once", installAll)))
      fail("The packages could not be installed; npm's output is above.");
  }
  writeFileSync(mark, wanted);
}

async function generate() {
  const mark = "prisma/generated/.schema";
  const files = readdirSync("prisma/schema").sort();
  const version = readFileSync("node_modules/prisma/package.json");
  const wanted = hash([version, ...files.map((file) => readFileSync(path.join("prisma/schema", file)))]);
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted) return;
  const prisma = () => run(process.execPath, [bin("prisma/build/index.js"), "generate"], "ignore");
  if ((await phase("Generating the database client", prisma)) !== 0) fail("prisma generate failed.");
  writeFileSync(mark, wanted);
}

async function inProcess(file) {
  process.argv = [process.argv[0], path.resolve(file), ...args];
  const { register } = await import("tsx/esm/api");
  register();
  await import(pathToFileURL(path.resolve(file)).href);
}

/** Runs a program to its end and forwards signals. Resolves to its exit code. */
function run(program, argv, stdio = "inherit") {
  return new Promise((resolve) => {
    const child = spawn(program, argv, { stdio });
    const pass = (signal) => child.kill(signal);
    process.on("SIGINT", pass).on("SIGTERM", pass);
    child.on("close", (code, signal) => {
      process.off("SIGINT", pass).off("SIGTERM", pass);
      resolve(signal ? 1 : code);
    });
  });
}

function hash(parts) {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(part);
  return sum.digest("hex");
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
