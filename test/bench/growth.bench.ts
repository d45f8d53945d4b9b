import { expect, test } from "vitest";
import { waitUntil } from "@/dev/wait-until";
import { grow } from "../growth";
import { openRig, type Rig } from "./rig";
import { signUpManager } from "./sign-up";

/**
 * `npm run bench -- growth`: how long requests and the sweeps take in a shop with more and more orders, in the built app over a
 * durable PostgreSQL. `GROWTH=1000000` goes on to a million orders, which takes half an hour to make.
 */
const MAX_ORDERS = Number(process.env.GROWTH ?? 100_000);
const SIZES = [1_000, 10_000, 100_000, 1_000_000].filter((size) => size <= MAX_ORDERS);
const REQUESTS = 15;
/** The orders are those of the last 60 days but two, so that no sweep takes them for lost work. */
const DAY_MS = 86_400_000;
const AGES = { from: 60 * DAY_MS, to: 2 * DAY_MS };

const PAGES = [
  "/",
  "/console/orders",
  "/console/orders?status=confirmed&sort=highest",
  "/console/orders?q=x123",
  "/console/orders?q=x777%40customers.example",
  "/console/orders?tag=x500",
  "/console",
  "/console/customers?q=x123",
  "/console/emails",
  "/console/search?q=x77",
  "/console/reports",
  "/api/admin/orders?limit=50",
  "/api/admin/reports/daily",
  "/api/admin/exports/orders.csv?tag=x500",
];

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

/** Has every sweep run, and returns how long they took together. The first round after a growth reads what is new. */
async function sweepRound(rig: Rig): Promise<number> {
  const since = new Date();
  await rig.query("UPDATE sweeps SET next_at = $1", [since]);
  const late = "SELECT 1 FROM sweeps WHERE last_run_at IS NULL OR last_run_at < $1 OR leased_until IS NOT NULL";
  const isOver = async () => (await rig.query(late, [since])).length === 0;
  await waitUntil(isOver, "the sweeps to run", { timeout: 240_000, every: 500 });
  const [row] = await rig.query<{ ms: number }>("SELECT sum(duration_ms)::int AS ms FROM sweeps");
  return row?.ms ?? 0;
}

test("requests and sweeps in a growing shop", { timeout: 3_600_000 }, async () => {
  const rig = await openRig();
  try {
    const cookie = await signUpManager(rig.app, rig.query);
    await rig.query("UPDATE inventory SET available = 1000000, received = 1000000 + sold WHERE reserved = 0");
    const order = await buy(rig);
    const isSent = async () => (await rig.query("SELECT 1 FROM emails WHERE status = 'sent'")).length > 0;
    await waitUntil(isSent, "the first order's email", { timeout: 60_000, every: 100 });
    await rig.query("INSERT INTO order_tags (order_id, tag) SELECT id, 'first' FROM orders");
    await rig.query(
      "INSERT INTO customer_search (user_id, name, email, version) SELECT id, name, email, now() FROM users LIMIT 1 ON CONFLICT DO NOTHING",
    );
    const table = new Map<string, string[]>();
    let rows = 0;
    for (const size of SIZES) {
      const everyMs = Math.floor((AGES.from - AGES.to) / MAX_ORDERS);
      await grow((text) => rig.query(text), {
        from: rows + 1,
        to: size,
        since: new Date(Date.now() - AGES.from),
        everyMs,
      });
      rows = size;
      await sweepRound(rig);
      const measured: [string, number][] = [];
      for (const path of [...PAGES, order]) measured.push([path, await timed(visit(rig, path, cookie))]);
      measured.push(["POST /api/checkout", await timed(async () => void (await buy(rig)))]);
      measured.push(["all sweeps", await sweepRound(rig)]);
      for (const [what, ms] of measured) table.set(what, [...(table.get(what) ?? []), ms.toFixed(ms < 100 ? 1 : 0)]);
      console.log(
        `${size} orders: ${measured.map(([what, ms]) => `${what.replace(/\?token=.*/, "")} ${ms.toFixed(1)}`).join(", ")}`,
      );
    }
    const line = (what: string, cells: string[]) =>
      `${what.padEnd(48)}${cells.map((cell) => cell.padStart(10)).join("")}`;
    console.log(line("median milliseconds with so many orders", SIZES.map(String)));
    for (const [what, cells] of table) console.log(line(what.replace(/\?token=.*/, ""), cells));
  } finally {
    await rig.close();
  }
});
