import { expect, test } from "vitest";
import { waitUntil } from "@/dev/wait-until";
import { grow } from "../growth";
import { openRig, type Rig } from "./rig";
import { signUpManager } from "./sign-up";

/**
 * `npm run bench -- growth`: how long requests, the sweeps, the clean-up and the checks of the invariants take in a shop with more
 * and more orders, in the built app over a durable PostgreSQL. `GROWTH=1000000` goes on to a million orders.
 */
const MAX_ORDERS = Number(process.env.GROWTH ?? 100_000);
const SIZES = [1_000, 10_000, 100_000, 1_000_000].filter((size) => size <= MAX_ORDERS);
const REQUESTS = 15;
const DAY_MS = 86_400_000;
/** The orders are those of the last 60 days but two, so that no sweep takes them for lost work. */
const AGES = { from: 60 * DAY_MS, to: 2 * DAY_MS };
/** The clean-up deletes what belongs to the first of these days. */
const RETAINED_DAYS = "59";

const day = (daysAgo: number): string => new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10);

/** The rendered pages. A page of the console makes several statements and up to 400 KB of HTML. */
const PAGES = [
  "/",
  "/console",
  "/console/orders",
  "/console/orders?status=confirmed&sort=highest",
  "/console/orders?q=x123",
  "/console/orders?tag=x500",
  "/console/orders/ord_x500",
  "/console/customers",
  "/console/customers?q=x123",
  "/console/emails",
  "/console/search?q=x77",
  "/console/reports",
];

/** The lists, searches, reports and exports without a page around them. */
const ENDPOINTS = [
  "orders",
  "orders?status=failed",
  "orders?q=x123",
  "orders?q=x776%40customers.example",
  "orders?q=fuchs",
  "orders?q=ada+arn",
  "orders?tag=x500",
  "orders?product=prod_041",
  "orders?min=50",
  "orders?min=500",
  "orders/ord_x500",
  "customers",
  "customers?role=manager",
  "customers?q=x123",
  "customers?q=x776%40customers.example",
  "customers?q=fuchs",
  "customers?q=fuhcs",
  "emails",
  "emails?q=x123",
  "emails?q=nobody",
  "emails?status=failed",
  "search?q=x77",
  "search?q=fuchs",
  "search?q=ord_x500",
  "coupons",
  "reports/daily",
  `reports/sales?from=${day(9)}&to=${day(3)}`,
  `reports/sales?from=${day(32)}&to=${day(3)}`,
  "exports/orders.csv?tag=x500",
].map((path) => `/api/admin/${path}`);

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Returns the median time of some calls, in milliseconds, after two to warm up. */
async function timed(call: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < REQUESTS + 2; n++) {
    const start = performance.now();
    await call();
    if (n >= 2) times.push(performance.now() - start);
  }
  return median(times);
}

const visit = (rig: Rig, path: string, cookie: string) => async () => {
  const response = await fetch(`${rig.app}${path}`, { headers: { cookie }, redirect: "manual" });
  await response.arrayBuffer();
  expect(response.status, path).toBe(200);
};

let customers = 0;
async function buy(rig: Rig): Promise<string> {
  const items = [{ productId: "prod_001", quantity: 1 }];
  const body = { items, email: `grown${++customers}@buyers.example`, paymentMethod: "pm_card_visa" };
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${rig.app}/api/checkout`, { method: "POST", headers, body: JSON.stringify(body) });
  expect(response.status).toBe(201);
  const { order } = (await response.json()) as { order: { id: string; token: string } };
  return `/orders/${order.id}?token=${order.token}`;
}

/** Has every sweep run, and returns how long they took together. */
async function sweepRound(rig: Rig): Promise<number> {
  const since = new Date();
  await rig.query("UPDATE sweeps SET next_at = $1", [since]);
  const late =
    "SELECT 1 FROM sweeps HAVING count(*) = 0 OR bool_or(last_run_at IS NULL OR last_run_at < $1 OR leased_until IS NOT NULL)";
  const isOver = async () => (await rig.query(late, [since])).length === 0;
  await waitUntil(isOver, "the sweeps to run", { timeout: 240_000, every: 500 });
  const rows = await rig.query<{ name: string; ms: number }>(
    "SELECT name, duration_ms AS ms FROM sweeps ORDER BY 2 DESC",
  );
  console.log(
    `the slowest sweeps: ${rows
      .slice(0, 4)
      .map(({ name, ms }) => `${name} ${ms}`)
      .join(", ")}`,
  );
  return rows.reduce((sum, { ms }) => sum + ms, 0);
}

/** More orders are not exported. Each page of an export starts after the last order of the one before, so all take the same time. */
const EXPORTED = 20_000;

/** Exports the orders, and returns the time of 1,000. */
async function exportOrders(rig: Rig, cookie: string): Promise<number> {
  const start = performance.now();
  const response = await fetch(`${rig.app}/api/admin/exports/orders.csv`, { headers: { cookie } });
  expect(response.status).toBe(200);
  let orders = -1;
  for await (const chunk of response.body ?? []) {
    for (const byte of chunk) orders += Number(byte === 10);
    if (orders >= EXPORTED) break;
  }
  return (1_000 * (performance.now() - start)) / orders;
}

/** Runs the checks of the invariants, and returns how long they took together. */
async function checkInvariants(): Promise<number> {
  const { CHECKS, runCheck } = await import("@/lib/invariants");
  const times: [string, number][] = [];
  for (const check of CHECKS) {
    const start = performance.now();
    expect(await runCheck(check), check.name).toEqual([]);
    times.push([check.name, performance.now() - start]);
  }
  const slowest = times.toSorted((a, b) => b[1] - a[1]).slice(0, 4);
  console.log(`the slowest checks: ${slowest.map(([name, ms]) => `${name} ${ms.toFixed(0)}`).join(", ")}`);
  return times.reduce((sum, [, ms]) => sum + ms, 0);
}

/** Applies every retention rule until nothing is left to delete. Returns the time of the longest statement. */
async function cleanUp(): Promise<number> {
  const [{ RETENTION_RULES }, { retentionEnv }, { db }] = await Promise.all([
    import("@/lib/retention/rules"),
    import("@/lib/env"),
    import("@/lib/db"),
  ]);
  let [longest, removed] = [0, 0];
  for (const rule of RETENTION_RULES) {
    const limit = Math.min(rule.maxRows ?? Number.POSITIVE_INFINITY, retentionEnv().CLEANUP_BATCH);
    for (let rows = limit; rows === limit; removed += rows) {
      const start = performance.now();
      rows = await db().$executeRaw(rule.statement(rule.before(), limit));
      longest = Math.max(longest, performance.now() - start);
    }
  }
  console.log(`the clean-up removed ${removed} rows`);
  return longest;
}

test("requests and sweeps in a growing shop", { timeout: 3_600_000 }, async () => {
  const rig = await openRig();
  try {
    const cookie = await signUpManager(rig.app, rig.query);
    await rig.query("UPDATE inventory SET available = 1000000, received = 1000000 + sold WHERE reserved = 0");
    const order = await buy(rig);
    const isSent = async () => (await rig.query("SELECT 1 FROM emails WHERE status = 'sent'")).length > 0;
    await waitUntil(isSent, "the first order's email", { timeout: 60_000, every: 100 });
    const rules = ["RETAIN_LOG_DAYS", "RETAIN_EVENT_DAYS", "RETAIN_EMAIL_BODY_DAYS", "RETAIN_IDEMPOTENCY_DAYS"];
    Object.assign(process.env, Object.fromEntries(rules.map((rule) => [rule, RETAINED_DAYS])), {
      DATABASE_URL: rig.database,
    });
    // With the default, a growth spends its time in checkpoints.
    await rig.query("ALTER SYSTEM SET max_wal_size = '8GB'");
    await rig.query("SELECT pg_reload_conf()");
    const table = new Map<string, string[]>();
    let rows = 0;
    for (const size of SIZES) {
      const start = performance.now();
      const [since, until] = [new Date(Date.now() - AGES.from), new Date(Date.now() - AGES.to)];
      await grow((text) => rig.query(text), { from: rows + 1, to: size, since, until });
      console.log(`${size - rows} orders were made in ${((performance.now() - start) / 1_000).toFixed(1)} s`);
      rows = size;
      // The sweeps that read every timeline entry once have read those of the past when they were new.
      await rig.query("UPDATE sweeps SET cursor = (SELECT max(id)::text FROM order_events) WHERE name = ANY($1)", [
        ["unnotified-customers", "unplanned-webhook-deliveries"],
      ]);
      // The sales of the past were summed up when they were new.
      await rig.query("DELETE FROM sales_watermark");
      await sweepRound(rig);
      const measured: [string, number][] = [];
      for (const path of [...PAGES, order, ...ENDPOINTS]) measured.push([path, await timed(visit(rig, path, cookie))]);
      measured.push(["POST /api/checkout", await timed(async () => void (await buy(rig)))]);
      measured.push(["export of all, for 1,000 orders", await exportOrders(rig, cookie)]);
      measured.push(["all sweeps", await sweepRound(rig)]);
      measured.push(["clean-up, the longest statement", await cleanUp()]);
      measured.push(["all checks of the invariants", await checkInvariants()]);
      for (const [what, ms] of measured) table.set(what, [...(table.get(what) ?? []), ms.toFixed(ms < 100 ? 1 : 0)]);
      console.log(
        `${size} orders: ${measured.map(([what, ms]) => `${what.replace(/\?token=.*/, "")} ${ms.toFixed(1)}`).join(", ")}`,
      );
    }
    const line = (what: string, cells: string[]) =>
      `${what.padEnd(60)}${cells.map((cell) => cell.padStart(10)).join("")}`;
    console.log(line("median milliseconds with so many orders", SIZES.map(String)));
    for (const [what, cells] of table) console.log(line(what.replace(/\?token=.*/, ""), cells));
  } finally {
    await rig.close();
  }
});
