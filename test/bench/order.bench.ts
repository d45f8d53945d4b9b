import pg from "pg";
import { afterEach, expect, test } from "vitest";
import { waitUntil as until } from "@/dev/wait-until";
import { openRig, type Rig } from "./rig";

let rig: Rig;
afterEach(() => rig.close());

let count = 0;
const post = (path: string, body: unknown) =>
  fetch(`${rig.app}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

async function checkout(products: string[]): Promise<void> {
  const items = products.map((productId) => ({ productId, quantity: 1 }));
  const email = `bench${++count}@customers.example`;
  const response = await post("/api/checkout", { items, email, paymentMethod: "pm_card_visa" });
  if (response.status !== 201) throw new Error(await response.text());
  await response.arrayBuffer();
}

/** `total` times `work`, `wide` at once; how many were done in a second. */
async function rate(total: number, wide: number, work: () => Promise<unknown>, done = async () => {}): Promise<number> {
  let left = total;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: wide }, async () => {
      while (left-- > 0) await work();
    }),
  );
  await done();
  return total / ((performance.now() - start) / 1_000);
}

async function stocked(n: number): Promise<string[]> {
  await rig.query("UPDATE inventory SET available = 1000000, received = 1000000 + sold WHERE reserved = 0");
  return (await rig.query<{ id: string }>("SELECT id FROM products ORDER BY id LIMIT $1", [n])).map(({ id }) => id);
}

const confirmed = async (n: number) => {
  const [row] = await rig.query<{ n: number }>("SELECT count(*)::int AS n FROM orders WHERE status = 'confirmed'");
  return row?.n === n;
};

const delivered = async (n: number) => {
  const [row] = await rig.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM webhook_inbox WHERE type = 'email.delivered'",
  );
  return row?.n === n;
};

/** Whether the sweeps that compare with Stripe have caught up. */
const compared = async () => {
  const rows = await rig.query(
    `SELECT FROM sweeps WHERE name LIKE 'stripe-%'
     HAVING count(*) > 0 AND bool_and(leased_until IS NULL AND last_run_at IS NOT NULL)`,
  );
  return rows.length === 1;
};

const say = (what: string, value: string | number) => console.log(`  ${what.padEnd(64)} ${value}`);

test("statements of a checkout: the same for one line and for thirty, six at most", async () => {
  rig = await openRig({ deaf: true });
  const products = await stocked(30);
  await checkout(products);
  const used: number[] = [];
  for (const lines of [1, 30]) {
    await rig.forget();
    for (let i = 0; i < 20; i++) await checkout(products.slice(0, lines));
    // A statement counts once it has ended; the outbox is marked within the request.
    used.push((await rig.counts()).sql / 20);
    say(`SQL statements per checkout, ${lines} lines, BEGIN and COMMIT included`, used.at(-1) ?? 0);
  }
  expect(used[0]).toBe(used[1]);
  expect(used[0]).toBeLessThanOrEqual(6);
});

test("a new customer's order, to its last email and what becomes of it: statements, calls of Stripe, calls of the app", async () => {
  rig = await openRig({ counted: true });
  const products = await stocked(3);
  const orders = 40;
  await checkout(products);
  await until(() => delivered(2), "the first order and its emails", { timeout: 120_000 });
  await until(compared, "the first comparisons with Stripe, of a whole day", { timeout: 120_000, every: 100 });
  await rig.forget();
  const before = await rig.counts();
  for (let i = 1; i <= orders; i++) {
    await checkout(products);
    await until(() => confirmed(i + 1), "an order to be confirmed", { every: 5 });
  }
  // The email about the order is ten seconds later; the coupons of a batch wait for half a minute.
  await until(() => delivered(2 * (orders + 1)), "all emails to arrive", { every: 100, timeout: 120_000 });
  const after = await rig.counts();
  const per = (key: "sql" | "stripe" | "app") => (after[key] - before[key]) / orders;
  say("SQL statements per order, checkout, webhooks and emails included", per("sql").toFixed(1));
  say("Stripe calls per order", per("stripe").toFixed(2));
  say("requests of the engine and of webhooks to the app per order", per("app").toFixed(2));
  for (const { calls, query } of (await rig.statements()).slice(0, 24))
    console.log(`      ${(calls / orders).toFixed(1).padStart(5)}  ${query}`);
  expect(per("stripe")).toBe(2);
  // A minute's cron may fall into it.
  expect(per("sql")).toBeLessThanOrEqual(43);
  expect(per("app")).toBeLessThanOrEqual(6.5);
});

test("orders a second, eight at once", async () => {
  rig = await openRig();
  const products = await stocked(1);
  await rate(
    100,
    8,
    () => checkout(products),
    () => until(() => confirmed(100), "the warm-up", { every: 5 }),
  );
  const orders = 500;
  const placed = await rate(orders, 8, () => checkout(products));
  say("checkouts answered a second, the orders behind them under way", placed.toFixed(0));
  await until(() => confirmed(orders + 100), "all orders", { every: 5, timeout: 120_000 });
  const end = 600;
  const whole = await rate(
    orders,
    8,
    () => checkout(products),
    () => until(() => confirmed(end + orders), "all orders", { every: 5, timeout: 120_000 }),
  );
  say("orders confirmed a second, from the first checkout to the last confirmation", whole.toFixed(0));
  const empty = await rate(2_000, 8, async () => (await fetch(`${rig.app}/api/nothing`)).arrayBuffer());
  say("floor: requests a second to a route that does nothing", empty.toFixed(0));
  const floor = await bareCheckouts(products[0] ?? "");
  say("floor: the statements of one checkout a second, by pg alone", floor.toFixed(0));
  say("orders confirmed ÷ the floor of statements", (whole / floor).toFixed(2));
});

/** What a checkout asks of PostgreSQL, in statements of the same shape. */
async function bareCheckouts(product: string): Promise<number> {
  const pool = new pg.Pool({ connectionString: rig.database, max: 8 });
  let n = 0;
  const one = async () => {
    const id = `bare_${++n}`;
    const client = await pool.connect();
    await client.query("BEGIN");
    await client.query(
      "INSERT INTO rate_limits (key, tat) VALUES ($1, now()) ON CONFLICT (key) DO UPDATE SET tat = now()",
      [id],
    );
    await client.query(
      "SELECT p.*, i.available FROM products p JOIN inventory i ON i.product_id = p.id WHERE p.id = $1",
      [product],
    );
    await client.query(
      `WITH o AS (INSERT INTO orders (id, token, status, total_amount, currency, email, payment_method, deadline_at, created_at, updated_at)
         VALUES ($1, $1, 'shipped', 100, 'EUR', $1, 'pm_x', now(), now(), now()) RETURNING id),
       l AS (INSERT INTO order_lines (order_id, position, product_id, sku, name, unit_amount, quantity) SELECT id, 1, $2, 'x', 'x', 100, 1 FROM o),
       e AS (INSERT INTO order_events (order_id, type, data, at) SELECT id, 'order_placed', '{}', now() FROM o)
       INSERT INTO outbox (id, name, data, created_at, not_before) SELECT id, 'bench', '{}', now(), 'infinity' FROM o`,
      [id, product],
    );
    await client.query("COMMIT");
    await client.query("UPDATE outbox SET sent_at = now() WHERE id = $1", [id]);
    client.release();
  };
  const result = await rate(500, 8, one);
  await pool.end();
  return result;
}
