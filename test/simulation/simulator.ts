import { tmpdir } from "node:os";
import path from "node:path";
import { startTestEnvironment } from "@/dev/test-environment";
import { signedIn } from "../workflow/operator";
import { shopApi } from "../workflow/shop";
import { stripeInspector } from "../workflow/stripe";
import { Actor, type Cast, type Progress } from "./act";
import { findFaults } from "./checks";
import { ClockSkew } from "./clock-skew";
import { Deploys } from "./deploys";
import { serveFiles } from "./files";
import { Injector, type Strike } from "./injector";
import { Journal } from "./journal";
import { replaceRandomness, seedRandomness } from "./randomness";
import { rememberRows } from "./reset";
import { HOUR, MINUTE, type Scenario } from "./scenario";
import { SecondProcess } from "./second-process";

/** What became of a scenario. */
export interface Outcome {
  /** What does not hold at rest. Empty: all is well. */
  faults: string[];
  /** What happened, a line each. */
  timeline: string[];
  strikes: Strike[];
  /** How often each call and statement passed its boundary. */
  seen: Record<string, number>;
}

export interface Simulator {
  run(scenario: Scenario): Promise<Outcome>;
  close(): Promise<void>;
}

const START = Date.UTC(2026, 0, 5, 9);
/** Scenarios start at the same hour and day of a week, far enough apart that one does not reach the next. */
const FORTNIGHT = 14 * 24 * HOUR;
/** Seeds start in one of so many fortnights, and later if the scenario before was later. */
const STARTS = 900;
/** After so many scenarios the last start is in the year 2095. Inngest refuses events after 2099. */
export const MAX_SCENARIOS = 900;

/** At rest the reconciler comes at these times, and the checks follow the last ones. A shop that is well needs the first three. */
const ROUNDS = [1, 10, 20].map((minutes) => minutes * MINUTE);
const LATER_ROUNDS = [
  ...[20, 20, 30, 60].map((minutes) => minutes * MINUTE),
  ...[2, 4, 8, 12, 24, 24, 24, 24].map((hours) => hours * HOUR),
];

/** An environment in which one scenario after another runs, each in an empty shop. */
export async function openSimulator(database: string): Promise<Simulator> {
  replaceRandomness();
  const world = await startTestEnvironment({
    database,
    wires: true,
    manualCrons: true,
    env: {
      STRIPE_TIMEOUT_MS: "2000",
      RESEND_TIMEOUT_MS: "2000",
      CLIENT_FAILURES_PER_HOUR: "1000",
      CHECKOUTS_PER_MINUTE: "100",
    },
  });
  const shop = Object.assign(world, stripeInspector(world));
  const api = Object.assign({}, shop, shopApi(world));
  await world.sql(
    "DELETE FROM customer_search WHERE user_id IN (SELECT id FROM users WHERE email LIKE '%@customers.example')",
  );
  await world.sql("DELETE FROM users WHERE email LIKE '%@customers.example'");
  const { functions } = await import("@/inngest/functions");
  const secondProcess = await new SecondProcess().start(shop);
  const cast: Cast = {
    world: shop,
    manager: await signedIn(api, "manager"),
    members: [await signedIn(api, "customer"), await signedIn(api, "customer")],
    files: await serveFiles(),
    journal: new Journal(path.join(tmpdir(), `simulation-${process.pid}.jsonl`)),
    secondProcess,
    deploys: new Deploys([...functions, ...(await secondProcess.functions())]),
    clockSkew: new ClockSkew(world.app),
  };
  const { installationId } = await import("@/lib/installation");
  await installationId();
  await world.clock.advance(HOUR);
  await world.sql("UPDATE sessions SET expires_at = '9999-01-01'");
  const rows = await rememberRows(database);
  return {
    run: (scenario) => runScenario(cast, rows.restore, scenario),
    async close() {
      cast.files.close();
      cast.journal.delete();
      await rows.close();
      await world.close();
    },
  };
}

async function runScenario(cast: Cast, restore: () => Promise<void>, scenario: Scenario): Promise<Outcome> {
  const { world } = cast;
  const restarts = scenario.operations.some((operation) => operation.do === "restart-engine");
  cast.journal.delete();
  await world.restart(scenario.seed, restarts ? { store: cast.journal.path } : {});
  const next = Math.floor((world.clock.now() - START) / FORTNIGHT) + 1;
  const start = START + Math.max(next, scenario.seed % STARTS) * FORTNIGHT;
  await world.clock.leap(start - world.clock.now());
  await restore();
  cast.files.clear();
  cast.deploys.clear();
  cast.secondProcess.end();
  seedRandomness(scenario.seed);
  const timeline: string[] = [];
  const note = (text: string) => timeline.push(`${offset(world.clock.now() - start)}  ${text}`);
  const progress: Progress = { products: await stockUp(cast, scenario), orders: [], accepted: new Map(), wrong: [] };
  const injector = new Injector(world, scenario.faults, note);
  const actor = new Actor(cast, scenario, progress, () => injector.revive());
  try {
    for (const operation of scenario.operations) {
      await world.clock.advance(operation.after);
      injector.arm(operation.id);
      note(`${describe(operation)}: ${await actor.act(operation)}`);
      injector.revive();
    }
    await world.clock.advance(MINUTE);
  } finally {
    cast.clockSkew.end();
    injector.stop();
  }
  note("no more faults");
  const faults = await rest(cast, progress);
  for (const line of await history(cast, start)) timeline.push(line);
  return { faults, timeline, strikes: injector.strikes, seen: Object.fromEntries(injector.seen) };
}

/** Lets time pass until everything holds, or until nothing can be expected any more. Returns what does not hold then. */
async function rest(cast: Cast, progress: Progress): Promise<string[]> {
  const { world } = cast;
  for (const service of ["stripe", "mailbox"] as const) {
    await fetch(`${world[service]}/faults`, { method: "DELETE" });
    await fetch(`${world[service]}/webhooks/control`, { method: "POST", body: JSON.stringify({ mode: "deliver" }) });
  }
  const [{ live } = { live: false }] = await world.sql<{ live: boolean }>(
    "SELECT EXISTS (SELECT 1 FROM subscriptions) AS live",
  );
  const round = async (pause: number) => {
    await world.clock.advance(pause);
    world.runCron("reconcile");
    if (live) world.runCron("billing-cycle");
    await world.clock.settle();
  };
  for (const pause of ROUNDS) await round(pause);
  await world.clock.advance(MINUTE);
  let faults = await findFaults(cast, progress);
  for (const pause of LATER_ROUNDS) {
    if (faults.length === 0) break;
    await round(pause);
    await world.clock.advance(MINUTE);
    faults = await findFaults(cast, progress);
  }
  return faults;
}

async function stockUp({ world }: Cast, { products }: Scenario): Promise<string[]> {
  const at = Math.floor(world.clock.now() / 1_000) - 600;
  // The first scan of Stripe reads a day, in many calls. Here nothing is older than the scenario.
  await world.sql(
    `INSERT INTO sweeps (name, next_at, cursor) SELECT name, $1, $2
     FROM unnest(ARRAY['stripe-payments', 'stripe-refunds', 'stripe-disputes', 'stripe-transfers']) name
     ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at, cursor = excluded.cursor`,
    [new Date(world.clock.now()), String(at)],
  );
  const ids: string[] = [];
  for (const [index, { stock, price }] of products.entries()) {
    const id = `prod_sim${index}`;
    ids.push(id);
    await world.sql(
      `WITH product AS (
         INSERT INTO products (id, sku, name, description, price_amount, currency, created_at, updated_at)
         VALUES ($1, $1, $1, 'A thing', $2, 'EUR', '2026-01-01', '2026-01-01') RETURNING id
       ) INSERT INTO inventory (product_id, available, received) SELECT id, $3, $3 FROM product`,
      [id, price, stock],
    );
  }
  return ids;
}

/** What the shop wrote into the timelines of its orders. */
async function history({ world }: Cast, start: number): Promise<string[]> {
  const rows = await world.sql<{ order: string; type: string; key: string; at: Date }>(
    `SELECT order_id AS "order", type::text, key, at FROM order_events ORDER BY order_id, id`,
  );
  return rows.map(({ order, type, key, at }) => `${offset(at.getTime() - start)}  [${order}] ${type} ${key}`);
}

function offset(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `+${Math.floor(seconds / 3_600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** An operation or a fault in one line. */
export function describe(item: object): string {
  return Object.entries(item)
    .filter(([name]) => name !== "id" && name !== "after")
    .map(([name, value]) =>
      name === "do" ? value : `${name}=${typeof value === "object" ? JSON.stringify(value) : value}`,
    )
    .join(" ");
}
