import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Mutant } from "./mutant";
import { MUTANTS } from "./mutants";
import { mutate } from "./mutate";

/**
 * `npm run test:mutants`: applies each mistake to a copy of the tree, and runs what must catch it. Exits 1 when one is not caught.
 * `-- --only "a late payment"` runs those whose name contains a text. `-- --policies` lets Stryker change every expression of the
 * pure files; exits 1 when the unit tests catch fewer than 90 % of the changes.
 */
const { values } = parseArgs({
  options: {
    only: { type: "string" },
    /** `2/3`: the second third of them. */
    part: { type: "string", default: "1/1" },
    seeds: { type: "string", default: "2000" },
    workers: { type: "string", default: "2" },
    policies: { type: "boolean", default: false },
  },
});
if (values.policies) {
  const stryker = ["node_modules/@stryker-mutator/core/bin/stryker.js", "run", "test/mutants/stryker.config.json"];
  process.exit(spawnSync(process.execPath, stryker, { stdio: "inherit" }).status ?? 1);
}

const copy = mkdtempSync(path.join(tmpdir(), "steadfast-mutants-"));
const root = process.cwd();
const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" });
for (const file of tracked.split("\n").filter(Boolean)) cpSync(path.join(root, file), path.join(copy, file));
cpSync(path.join(root, "prisma/generated"), path.join(copy, "prisma/generated"), { recursive: true });
symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));

const [part = 1, parts = 1] = values.part.split("/").map(Number);
const chosen = MUTANTS.filter(({ name, caughtBy }) => `${name} ${caughtBy}`.includes(values.only ?? "")).filter(
  (_, index) => index % parts === part - 1,
);
const missed: Mutant[] = [];
try {
  // A test that fails without a mistake catches nothing.
  const tests = new Set(chosen.map(({ caughtBy }) => caughtBy).filter((by) => by !== "simulation"));
  const { status, stdout } = tests.size > 0 ? vitest(...tests) : { status: 0, stdout: "" };
  if (status !== 0) throw new Error(`The tests fail without any mistake:\n${stdout}`);
  for (const [index, mutant] of chosen.entries()) {
    const file = path.join(copy, mutant.file);
    const original = readFileSync(file, "utf8");
    writeFileSync(file, mutate(mutant, original));
    const started = performance.now();
    const how = caught(mutant);
    writeFileSync(file, original);
    if (!how) missed.push(mutant);
    const seconds = Math.round((performance.now() - started) / 1_000);
    console.log(
      `${index + 1}/${chosen.length}  ${how ?? "NOT CAUGHT"}  ${mutant.name} (${seconds} s, ${mutant.caughtBy})`,
    );
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(`${chosen.length - missed.length} of ${chosen.length} mutants are caught.`);
process.exit(missed.length > 0 ? 1 : 0);

/** Runs a program in the copy. */
function node(...args: string[]) {
  return spawnSync(process.execPath, args, { cwd: copy, encoding: "utf8", maxBuffer: 1 << 28 });
}

function vitest(...tests: string[]) {
  return node("node_modules/vitest/vitest.mjs", "run", "--bail", "1", "--no-color", ...tests);
}

function simulation() {
  const sizes = ["--seeds", values.seeds, "--workers", values.workers];
  const options = ["--no-store", "--no-shrink", "--no-corpus", "--fail-fast"];
  return node("--import", "tsx", "test/simulation/run.ts", ...sizes, ...options);
}

/** Returns what was noticed, or undefined if everything passed. */
function caught({ caughtBy }: Mutant): string | undefined {
  const { status, stdout, stderr } = caughtBy === "simulation" ? simulation() : vitest(caughtBy);
  if (status === 0) return undefined;
  const found = caughtBy === "simulation" ? /seed \d+ fails: .*/ : /FAIL .*/;
  return (
    found.exec(`${stdout}${stderr}`)?.[0].slice(0, 160) ?? (caughtBy === "simulation" ? undefined : "a test fails")
  );
}
