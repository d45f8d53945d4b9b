import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { startTestPostgres } from "@/dev/database";
import { Coverage } from "./coverage";
import { generate } from "./generate";
import { openWorker, type Worker } from "./pool";
import type { Scenario } from "./scenario";
import { shrink } from "./shrink";
import { describe, type Outcome } from "./simulator";

/**
 * `npm run test:simulation -- --seeds 1000 --from 1`: runs the scenarios of the corpus, then those of the seeds, until one of the
 * limits is reached. Exits 1 when a scenario fails. A failing scenario is shrunk, printed and stored in the corpus.
 */
const CORPUS = "test/simulation/corpus";
const PROGRESS_MS = 10_000;
/** Most scenarios with `--aim` are aimed. The others find what to aim at. */
const AIMED_PER_SEED = 3;
/** After so many failures the product is broken, and each takes minutes to shrink. */
const MAX_FAILURES = 5;

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    from: { type: "string", default: "1" },
    seconds: { type: "string" },
    /** A worker waits for half of its time, so two share a processor. */
    workers: { type: "string", default: String(2 * availableParallelism()) },
    /** A file of the corpus, or the name of one: only this scenario runs, and its timeline is printed. */
    replay: { type: "string" },
    coverage: { type: "boolean", default: false },
    /** After the scenario of each seed come some whose fault strikes where it has not struck in this run. */
    aim: { type: "boolean", default: false },
    "no-store": { type: "boolean", default: false },
    "no-corpus": { type: "boolean", default: false },
    "no-shrink": { type: "boolean", default: false },
    "fail-fast": { type: "boolean", default: false },
  },
});

const whole = (name: "seeds" | "from" | "seconds" | "workers", fallback: number): number => {
  const value = Number(values[name] ?? fallback);
  if (!Number.isInteger(value) || value < 1) fail(`--${name} must be a whole number above 0, not ${values[name]}.`);
  return value;
};

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

const from = whole("from", 1);
const seconds = values.seconds === undefined ? undefined : whole("seconds", 60);
const seeds = whole("seeds", seconds === undefined ? 100 : 1_000_000_000);
let started = performance.now();
const elapsed = () => (performance.now() - started) / 1_000;
const coverage = new Coverage();
let done = 0;
let failures = 0;

function* scenarios(): Generator<Scenario> {
  if (!values["no-corpus"]) yield* corpus();
  for (let seed = from; seed < from + seeds; seed++) {
    yield generate(seed);
    for (let aims = values.aim ? AIMED_PER_SEED : 0; aims > 0; aims--) {
      const aimed = coverage.aim();
      if (aimed) yield aimed;
    }
  }
}

function corpus(): Scenario[] {
  const files = existsSync(CORPUS) ? readdirSync(CORPUS).filter((name) => name.endsWith(".json")) : [];
  return files.map((name) => JSON.parse(readFileSync(`${CORPUS}/${name}`, "utf8"))).sort((a, b) => a.seed - b.seed);
}

const replayed = values.replay === undefined ? undefined : readScenario(values.replay);
const server = await startTestPostgres();
const queue = replayed ? [replayed].values() : scenarios();
const progress = setInterval(() => console.log(rate()), PROGRESS_MS);
try {
  const count = replayed ? 1 : Math.min(whole("workers", 1), seeds);
  const workers = await Promise.all(Array.from({ length: count }, () => openWorker(server)));
  // Loading the app takes as long as many scenarios.
  started = performance.now();
  await Promise.all(workers.map(work));
} finally {
  clearInterval(progress);
  await server.close();
}
if (values.coverage) console.log(coverage.table().join("\n"));
console.log(`${rate()}\n${coverage.summary()}`);
process.exit(failures > 0 ? 1 : 0);

async function work(worker: Worker): Promise<void> {
  while (failures < (values["fail-fast"] ? 1 : MAX_FAILURES) && (seconds === undefined || elapsed() < seconds)) {
    const next = queue.next();
    if (next.done) break;
    const outcome = await worker.run(next.value);
    coverage.add(next.value, outcome);
    done++;
    if (replayed) console.log(report(replayed, outcome));
    if (outcome.faults.length === 0) continue;
    failures++;
    if (!replayed) await explain(next.value, outcome, worker);
  }
  worker.close();
}

async function explain(scenario: Scenario, outcome: Outcome, worker: Worker): Promise<void> {
  console.log(`seed ${scenario.seed} fails: ${outcome.faults[0]}`);
  const smallest = values["no-shrink"] ? { scenario, outcome } : await shrink(scenario, outcome, worker.run);
  console.log(report(smallest.scenario, smallest.outcome));
  if (values["no-store"]) return;
  mkdirSync(CORPUS, { recursive: true });
  const file = `${CORPUS}/seed-${scenario.seed}.json`;
  writeFileSync(file, `${JSON.stringify(smallest.scenario, null, 2)}\n`);
  console.log(`replay: npm run test:simulation -- --replay ${file}`);
}

function report({ seed, products, operations, faults }: Scenario, { timeline, faults: wrong }: Outcome): string {
  return [
    `seed ${seed}: ${products.map(({ stock, price }) => `${stock} at ${price}`).join(", ")}`,
    ...operations.map((operation) => `  ${operation.id}. after ${operation.after / 1_000} s: ${describe(operation)}`),
    ...faults.map((fault) => `  fault: ${describe(fault)}`),
    "what happened:",
    ...timeline.map((line) => `  ${line}`),
    ...(wrong.length > 0 ? ["what is wrong:", ...wrong.map((line) => `  ${line}`)] : ["nothing is wrong"]),
  ].join("\n");
}

function rate(): string {
  const perSecond = done / elapsed();
  const left = Math.max(0, seconds === undefined ? (seeds - done) / perSecond : seconds - elapsed());
  return `${done} scenarios, ${failures} failed, ${perSecond.toFixed(1)} a second, ${Math.round(left)} s left`;
}

function readScenario(name: string): Scenario {
  const file = [name, `${CORPUS}/${name}`, `${CORPUS}/${name}.json`].find(existsSync);
  if (file) return JSON.parse(readFileSync(file, "utf8"));
  if (/^\d+$/.test(name)) return generate(Number(name));
  return fail(`There is no scenario ${name}: a file, a name in ${CORPUS}, or a seed.`);
}
