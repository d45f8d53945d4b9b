import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { ensureBuilt } from "@/dev/build";
import { scratchDir, startStack } from "@/dev/stack";
import type { Query } from "./fixtures";
import { fuzz, SLOW_MS } from "./fuzz";

/**
 * `npm run test:fuzz -- --requests 100000 --seed 1`: sends requests that are made from the API's own schemas to a shop as production
 * runs it. Exits 1 when an answer is wrong, and prints each such request as a curl command with the seed.
 */
const PROGRESS_MS = 10_000;
const LOG = ".local/test-fuzz.log";

const { values } = parseArgs({
  options: { requests: { type: "string", default: "10000" }, seed: { type: "string", default: "1" } },
});
const whole = (name: "requests" | "seed"): number => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${name} must be a whole number above 0, not ${values[name]}.`);
  process.exit(2);
};
const [requests, seed] = [whole("requests"), whole("seed")];

ensureBuilt(console.log);
const dir = scratchDir("fuzz");
mkdirSync(dir, { recursive: true });
const lines: string[] = [];
const stack = await startStack({ dir, mode: "start", log: (line) => void lines.push(line) });
const pool = new pg.Pool({ connectionString: stack.database, max: 2 });
const sql: Query = async (text, values = []) => (await pool.query(text, values)).rows;
const secrets: Record<string, string> = JSON.parse(readFileSync(path.join(dir, "secrets.json"), "utf8"));
void stack.appEnded.then((code) => console.error(`The app has ended with ${code}.`));
const started = performance.now();
let shown = started;
try {
  const report = await fuzz(
    { ...stack, sql, secrets: Object.values(secrets) },
    {
      ...{ requests, seed },
      onFailure: ({ fault, curl }) => console.error(`\n${fault} (seed ${seed})\n${curl}`),
      onProgress(done) {
        if (performance.now() - shown < PROGRESS_MS) return;
        shown = performance.now();
        const rate = (done / (shown - started)) * 1_000;
        console.log(`${done} requests, ${Math.round(rate)} a second, ${Math.round((requests - done) / rate)} s left`);
      },
    },
  );
  const { failures, slowest, slow, statuses, compared, neverAccepted } = report;
  console.log(`${report.requests} requests, seed ${seed}: ${failures.length} failures`);
  console.log(
    "statuses:",
    Object.entries(statuses)
      .map(([status, count]) => `${status} × ${count}`)
      .join(", "),
  );
  console.log(
    `answers above ${SLOW_MS} ms: ${slow}; slowest:`,
    slowest.map(({ ms, operation }) => `${ms} ms ${operation}`).join(", "),
  );
  console.log(`rows compared: ${compared} times; never accepted: ${neverAccepted.join(", ") || "none"}`);
  process.exitCode = failures.length > 0 ? 1 : 0;
} finally {
  writeFileSync(LOG, lines.join("\n"));
  await pool.end();
  await stack.close();
  rmSync(dir, { recursive: true, force: true });
}
