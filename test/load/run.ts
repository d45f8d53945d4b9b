import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";
import pg from "pg";
import { ensureBuilt } from "@/dev/build";
import { scratchDir } from "@/dev/stack";
import { waitUntil } from "@/dev/wait-until";
import { endAll } from "../child";
import { comeToRest } from "../crash/checks";
import { setStock } from "../crash/orders";
import { LINKED_PARTS, startParts } from "../crash/parts";
import { backlogMs, Traffic } from "./traffic";

/**
 * `npm run test:load -- --minutes 10 --share 80 --outage 10`: the built shop as two instances, under a constant load of a share (in
 * percent) of what it can do. First for some minutes while its services fail now and then: no customer may get an error, the memory
 * must not grow, and no work may be left behind. Then each part in turn is cut off for some minutes, and the time until the backlog
 * is gone is measured. In the end nothing may be lost or double. Exits 1 after a fault.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    share: { type: "string", default: "80" },
    /** The minutes of each outage; 0: none. */
    outage: { type: "string", default: "10" },
    /** The parts that are cut off, such as `engine,stripe`. By default all. */
    parts: { type: "string", default: "" },
  },
});
const number = (name: "minutes" | "share" | "outage"): number => {
  const value = Number(values[name]);
  if (values[name] !== "" && value >= 0) return value;
  console.error(`--${name} must be a number, not ${values[name]}.`);
  process.exit(2);
};
const [minutes, share, outage] = [number("minutes"), number("share"), number("outage")];
const cutOff = values.parts.split(",").filter(Boolean);
const unknown = cutOff.filter((name) => !LINKED_PARTS.includes(name));
if (unknown.length > 0) {
  console.error(`--parts names ${unknown.join(", ")}; the parts are ${LINKED_PARTS.join(", ")}.`);
  process.exit(2);
}
const MINUTE_MS = 60_000;

/** The orders that measure the capacity, after some that warm up. */
const WARM_UP_ORDERS = 200;
const MEASURED_ORDERS = 300;
/** A confirmation waits ten seconds before it is queued, for the sake of those who cancel at once. */
const EMAIL_WAIT_MS = 10_000;
/** While services fail now and then, no work may be older. Some retries wait for Inngest's first two pauses, 15 and 30 s. */
const MAX_BACKLOG_MS = 120_000;
/** The highest memory of the last third beside that of the third before it. */
const MAX_GROWTH = 1.1;
const SAMPLE_MS = 5_000;
/**
 * A part that is back must have no backlog from its outage after this time: Inngest's pauses between retries, and the orders of the
 * outage, for which the load leaves the rest of the capacity.
 */
const MAX_RECOVERY_MS = 600_000 + (outage * MINUTE_MS * share) / Math.max(1, 100 - share);
/** The email provider's limit, so high that it does not limit the shop. */
const EMAILS_PER_SECOND = 200;
/** What a service does now and then. The SDK of Stripe repeats a call once after a reset. */
const SERVICE_FAULTS = [
  { kind: "error", status: 503, times: 1 },
  { kind: "rate_limit", times: 2 },
  { kind: "answer_lost", times: 2 },
  { kind: "reset", times: 2 },
];

ensureBuilt(console.log);
const dir = scratchDir("load");
mkdirSync(dir, { recursive: true });
process.on("exit", endAll);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));
const { addresses, parts, links, close } = await startParts(dir, {
  mailboxArguments: ["--rate", `${EMAILS_PER_SECOND}`],
});
const database = new pg.Pool({ connectionString: addresses.database, max: 2 });
const instances = parts.filter(({ name }) => name.startsWith("app-"));
const faults: string[] = [];
const traffic = new Traffic(addresses, outage * MINUTE_MS + 3 * MINUTE_MS);
try {
  await setStock(database, 1_000_000);
  const capacity = await measureCapacity();
  const rate = (capacity * share) / 100;
  console.log(`capacity: ${capacity.toFixed(1)} orders a second; the load is ${rate.toFixed(1)}`);
  traffic.start(rate);
  await underLoad(rate);
  if (outage > 0)
    for (const link of links) if (cutOff.length === 0 || cutOff.includes(link.name)) await withoutPart(link, rate);
  await traffic.stop();
  faults.push(...(await comeToRest(database, addresses, traffic.bought)));
} finally {
  await database.end();
  await close();
  rmSync(dir, { recursive: true, force: true });
}
for (const fault of faults) console.error(`  WRONG: ${fault}`);
console.log(
  `${traffic.bought.length} checkouts, ${traffic.turnedAway} customers turned away in outages: ${faults.length} faults`,
);
process.exit(faults.length > 0 ? 1 : 0);

/** Returns the orders a second that the shop completes with their emails, when eight customers come at once and never wait. */
async function measureCapacity(): Promise<number> {
  await traffic.send(WARM_UP_ORDERS);
  await workIsDone(performance.now());
  const begun = performance.now();
  await traffic.send(MEASURED_ORDERS);
  await workIsDone(performance.now());
  return (MEASURED_ORDERS * 1_000) / (performance.now() - begun - EMAIL_WAIT_MS);
}

/** Waits until there is no work that is older than `since`, a moment of `performance.now()`. */
function workIsDone(since: number): Promise<void> {
  const age = () => backlogMs(database).catch(() => Number.POSITIVE_INFINITY);
  const isDone = async () => (await age()) < performance.now() - since;
  return waitUntil(isDone, "the backlog to be worked off", { timeout: MAX_RECOVERY_MS, every: 500 });
}

/** Returns how many customers come in a time, at a rate a second. All times are measured by the customers who come. */
function customersIn(ms: number, rate: number): number {
  return Math.ceil((ms * rate) / 1_000);
}

/** Some minutes of load, while Stripe and the email provider fail now and then. */
async function underLoad(rate: number): Promise<void> {
  const samples: { memory: number; backlog: number }[] = [];
  const rounds = Math.max(3, Math.round((minutes * MINUTE_MS) / SAMPLE_MS));
  const before = traffic.bought.length;
  for (let round = 0; round < rounds; round++) {
    const fault = SERVICE_FAULTS[round % SERVICE_FAULTS.length];
    for (const service of [addresses.stripe, addresses.mailbox])
      await fetch(`${service}/faults`, { method: "POST", body: JSON.stringify(fault) });
    await traffic.customersCome(customersIn(SAMPLE_MS, rate));
    samples.push({ memory: memoryMb(), backlog: await backlogMs(database) });
  }
  for (const service of [addresses.stripe, addresses.mailbox]) await fetch(`${service}/faults`, { method: "DELETE" });
  const third = Math.floor(rounds / 3);
  const highest = (from: number, to?: number) => Math.max(...samples.slice(from, to).map(({ memory }) => memory));
  const [middle, last] = [highest(third, 2 * third), highest(2 * third)];
  const backlog = Math.max(...samples.map((sample) => sample.backlog));
  const answered = traffic.bought.slice(before);
  const errors = answered.filter(({ order, retries }) => !order || retries > 0).length;
  console.log(
    `under load for ${minutes} min: ${answered.length} checkouts, ${errors} with an error, ${traffic.turnedAway} turned away`,
  );
  console.log(`  memory of both instances: ${highest(0, third)} MB in the first third, then ${middle}, then ${last}`);
  console.log(`  the oldest work was ${(backlog / 1_000).toFixed(0)} s old`);
  if (errors > 0 || traffic.turnedAway > 0)
    faults.push(`${errors} customers got an error, ${traffic.turnedAway} turned away`);
  if (last > middle * MAX_GROWTH) faults.push(`the memory grows: ${middle} MB, then ${last} MB`);
  if (backlog > MAX_BACKLOG_MS) faults.push(`some work was not done for ${(backlog / 1_000).toFixed(0)} s`);
}

/** The load goes on while nobody reaches this part, and afterwards until the backlog is gone. */
async function withoutPart(link: (typeof links)[number], rate: number): Promise<void> {
  const turnedAway = traffic.turnedAway;
  link.cut();
  await traffic.customersCome(customersIn(outage * MINUTE_MS, rate));
  link.restore();
  const restored = performance.now();
  const recovered = workIsDone(restored);
  await recovered.catch((error: Error) => faults.push(`after an outage of ${link.name}: ${error.message}`));
  const seconds = ((performance.now() - restored) / 1_000).toFixed(0);
  console.log(
    `${link.name} out for ${outage} min: backlog gone ${seconds} s later, ${traffic.turnedAway - turnedAway} turned away`,
  );
}

/** The resident memory of all instances. */
function memoryMb(): number {
  const pids = instances.map(({ pid }) => pid()).join(",");
  const sizes = execFileSync("ps", ["-o", "rss=", "-p", pids], { encoding: "utf8" }).trim().split(/\s+/);
  return Math.round(sizes.reduce((sum, size) => sum + Number(size), 0) / 1_024);
}
