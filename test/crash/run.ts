import { mkdirSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";
import pg from "pg";
import { ensureBuilt } from "@/dev/build";
import { seeded } from "@/dev/engine/ids";
import { scratchDir } from "@/dev/stack";
import { waitUntil } from "@/dev/wait-until";
import { endAll } from "../child";
import { findFaults, openWork } from "./checks";
import { type Bought, buy, setStock } from "./orders";
import { type Parts, startParts } from "./parts";

/**
 * `npm run test:crash -- --rounds 20 --seconds 300 --seed 1`: two instances of the built app on one database, with orders under way.
 * In each round parts are killed, stopped and cut off from each other at random. Then everything must come to rest, and nothing may
 * be lost or done twice. Exits 1 otherwise.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "1" },
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    /** Orders a second. */
    rate: { type: "string", default: "1" },
  },
});
const whole = (name: keyof typeof values): number => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${name} must be a whole number above 0, not ${values[name]}.`);
  process.exit(2);
};
const [rounds, seconds, seed, rate] = [whole("rounds"), whole("seconds"), whole("seed"), whole("rate")];

/** The longest time from the last answer until all work is done, with its emails. A confirmation waits ten seconds before it is queued. */
const REST_MS = 600_000;
const STOPPED_MS = 10_000;
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

ensureBuilt(console.log);
const dir = scratchDir("crash");
mkdirSync(dir, { recursive: true });
process.on("exit", endAll);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));
const random = seeded(seed);
const between = (from: number, to: number) => from + random() * (to - from);
function oneOf<T>(all: T[]): T {
  const one = all[Math.floor(random() * all.length)];
  if (one === undefined) throw new Error("There is nothing to choose from.");
  return one;
}
const shop = await startParts(dir);
const database = new pg.Pool({ connectionString: shop.addresses.database, max: 4 });
// A killed server ends idle connections.
database.on("error", () => {});
await setStock(database);
let failed = 0;
let placed = 0;
const waits: number[] = [];
try {
  for (let round = 1; round <= rounds; round++) {
    const faults = await runRound(shop);
    failed += faults.length;
    for (const fault of faults) console.error(`  WRONG: ${fault}`);
    console.log(`round ${round} of ${rounds}: ${faults.length === 0 ? "nothing lost, nothing double" : "FAILED"}`);
  }
} finally {
  await database.end();
  await shop.close();
  rmSync(dir, { recursive: true, force: true });
}
const sorted = waits.toSorted((a, b) => a - b);
const at = (share: number) =>
  ((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) / 1_000).toFixed(1);
console.log(`${placed} checkouts, seed ${seed}: ${failed} faults`);
console.log(
  `${waits.length} orders were open when a fault ended, and ended ${at(0.5)} s later (median), ${at(0.95)} s (95 %), ${at(1)} s (worst).`,
);
process.exit(failed > 0 ? 1 : 0);

async function runRound({ addresses, ...parts }: Parts): Promise<string[]> {
  const started = performance.now();
  const ends: number[] = [];
  const orders: Promise<Bought>[] = [];
  const placing = setInterval(() => orders.push(buy(addresses.app, addresses.mailbox, placed++)), 1_000 / rate);
  const ended = watchOrders();
  while (performance.now() - started < seconds * 1_000) {
    await pause(between(1_000, 5_000));
    console.log(`  ${((performance.now() - started) / 1_000).toFixed(0).padStart(4)} s  ${await strike(parts)}`);
    ends.push(Date.now());
  }
  clearInterval(placing);
  const bought = await Promise.all(orders);
  const rested = performance.now();
  let faults: string[] = [];
  const isAtRest = async () => {
    if ((await openWork(database)) > 0) return false;
    faults = await findFaults(database, addresses, bought);
    return faults.length === 0;
  };
  const rest = waitUntil(() => isAtRest().catch(() => false), "all work to be done", {
    timeout: REST_MS,
    every: 1_000,
  });
  await rest.catch((error: Error) => faults.push(error.message));
  console.log(`  at rest ${((performance.now() - rested) / 1_000).toFixed(0)} s after the last answer`);
  waits.push(...ended.waits(ends));
  process.env.DATABASE_URL = addresses.database;
  const { findViolations } = await import("@/lib/invariants");
  const violations = (await findViolations()).map((violation) => JSON.stringify(violation));
  return [...violations, ...faults];
}

/** Does one thing to one part or one link, and undoes it. Returns what it was. */
async function strike({ parts, links }: Pick<Parts, "parts" | "links">): Promise<string> {
  const kind = oneOf(["kill", "kill", "stop", "cut"]);
  if (kind === "cut") {
    const link = oneOf(links);
    const ms = between(1_000, 10_000);
    link.cut();
    await pause(ms);
    link.restore();
    return `${link.name} cut off for ${(ms / 1_000).toFixed(1)} s`;
  }
  const part = oneOf(kind === "stop" ? parts.filter(({ signal }) => signal) : parts);
  if (kind === "stop") {
    part.signal?.("SIGSTOP");
    await pause(STOPPED_MS);
    part.signal?.("SIGCONT");
    return `${part.name} stopped for ${STOPPED_MS / 1_000} s`;
  }
  const ms = between(0, 3_000);
  await part.kill();
  await pause(ms);
  await part.start();
  return `${part.name} killed, started again after ${(ms / 1_000).toFixed(1)} s`;
}

/** Notes when orders are placed and when they end, by the database. */
function watchOrders() {
  const seen = new Map<string, { placed: number; ended?: number }>();
  const look = async () => {
    const { rows } = await database.query<{ id: string; isOpen: boolean; placed: Date }>(
      `SELECT id, status IN ('pending', 'awaiting_payment') AS "isOpen", created_at AS placed FROM orders`,
    );
    for (const { id, isOpen, placed } of rows) {
      const order = seen.get(id) ?? { placed: placed.getTime() };
      if (!isOpen) order.ended ??= Date.now();
      seen.set(id, order);
    }
  };
  const timer = setInterval(() => void look().catch(() => {}), 250);
  return {
    /** Ends the watch. For each order that was open at the end of a fault: the time from the last such end to its own. */
    waits(ends: number[]): number[] {
      clearInterval(timer);
      return [...seen.values()].flatMap(({ placed, ended }) => {
        const last = ended && ends.filter((end) => placed < end && end < ended).at(-1);
        return last ? [ended - last] : [];
      });
    },
  };
}
