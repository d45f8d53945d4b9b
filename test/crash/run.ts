import { mkdirSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";
import pg from "pg";
import { ensureBuilt } from "@/dev/build";
import { seeded } from "@/dev/engine/ids";
import { scratchDir } from "@/dev/stack";
import { waitUntil } from "@/dev/wait-until";
import { endAll } from "../child";
import { comeToRest } from "./checks";
import { type Bought, buy, setStock } from "./orders";
import { type Parts, startParts } from "./parts";

/**
 * `npm run test:crash -- --rounds 20 --checkouts 300 --seed 1`: two instances of the built app on one database, with orders under way.
 * A checkout a second is sent unless `--rate` says otherwise, and a fault lasts for a number of checkouts. In each round parts are
 * killed, stopped and cut off from each other at random. Then everything must come to rest, and nothing may be lost or done twice.
 * `--inngest PROGRAM` runs it on a real Inngest server, which is killed like the others. Exits 1 after a fault.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "1" },
    /** Sent in each round. */
    checkouts: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    /** Checkouts a second. */
    rate: { type: "string", default: "1" },
    /** The program of a real Inngest server, to use it in place of the engine. */
    inngest: { type: "string" },
  },
});
const whole = (name: "rounds" | "checkouts" | "seed" | "rate"): number => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${name} must be a whole number above 0, not ${values[name]}.`);
  process.exit(2);
};
const [rounds, checkouts, seed, rate] = [whole("rounds"), whole("checkouts"), whole("seed"), whole("rate")];

/** A part that is stopped or cut off stays so for at most this many checkouts, one that is killed for at most three. */
const MAX_FAULT = 10;

ensureBuilt(console.log);
const dir = scratchDir("crash");
mkdirSync(dir, { recursive: true });
process.on("exit", endAll);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));
const random = seeded(seed);
const between = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
function oneOf<T>(all: T[]): T {
  const one = all[Math.floor(random() * all.length)];
  if (one === undefined) throw new Error("There is nothing to choose from.");
  return one;
}
const shop = await startParts(dir, { server: values.inngest });
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
    console.log(`  so far ${recovery()}`);
  }
} finally {
  await database.end();
  await shop.close();
  rmSync(dir, { recursive: true, force: true });
}
console.log(`${placed} checkouts, seed ${seed}: ${failed} faults`);
console.log(recovery());
process.exit(failed > 0 ? 1 : 0);

/** How long the orders took that were open when a fault ended. */
function recovery(): string {
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number) =>
    ((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) / 1_000).toFixed(1);
  return `${waits.length} orders were open when a fault ended, and ended ${at(0.5)} s later (median), ${at(0.95)} s (95 %), ${at(1)} s (worst)`;
}

async function runRound({ addresses, ...parts }: Parts): Promise<string[]> {
  const ends: number[] = [];
  const orders: Promise<Bought>[] = [];
  const first = placed;
  const placing = setInterval(() => orders.push(buy(addresses.app, addresses.mailbox, placed++)), 1_000 / rate);
  const ended = watchOrders();
  while (placed < first + checkouts) {
    await sent(between(1, 5));
    console.log(`  ${String(placed - first).padStart(4)} of ${checkouts}  ${await strike(parts)}`);
    ends.push(Date.now());
  }
  clearInterval(placing);
  const bought = await Promise.all(orders);
  const faults = await comeToRest(database, addresses, bought);
  waits.push(...ended.waits(ends));
  return faults;
}

/** Waits until a number of further checkouts are sent. */
function sent(count: number): Promise<void> {
  const last = placed + count;
  return waitUntil(() => placed >= last, "checkouts to be sent", { timeout: 2_000 * (count + 1) });
}

/** Does one thing to one part or one link, and undoes it. Returns what it was. */
async function strike({ parts, links }: Pick<Parts, "parts" | "links">): Promise<string> {
  const kind = oneOf(["kill", "kill", "stop", "cut"]);
  if (kind === "cut") {
    const link = oneOf(links);
    const count = between(1, MAX_FAULT);
    link.cut();
    await sent(count);
    link.restore();
    return `${link.name} cut off for ${count} checkouts`;
  }
  const part = oneOf(kind === "stop" ? parts.filter(({ signal }) => signal) : parts);
  if (kind === "stop") {
    part.signal?.("SIGSTOP");
    await sent(MAX_FAULT);
    part.signal?.("SIGCONT");
    return `${part.name} stopped for ${MAX_FAULT} checkouts`;
  }
  const count = between(0, 3);
  await part.kill();
  await sent(count);
  await part.start();
  return `${part.name} killed, started again after ${count} checkouts`;
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
