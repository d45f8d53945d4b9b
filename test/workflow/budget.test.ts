import { afterEach, expect, test } from "vitest";
import { onStatement, statementsOf, watch } from "./fault-injection";
import { audit, MINUTE, openShop, type Placed } from "./shop";

/** What an order may cost. Counts, not times: they are the same on every machine. BEGIN and COMMIT are statements. */
const shop = openShop({ wires: true });
afterEach(async () => {
  if (shop.wires) shop.wires.watch = undefined;
  await audit();
});

async function cart(lines: number) {
  const items = [];
  for (let i = 0; i < lines; i++) items.push({ productId: await shop.product(2), quantity: 1 });
  return items;
}

/** The statements of one checkout, until its answer. */
async function checkoutStatements(lines: number, headers: Record<string, string> = {}): Promise<string[]> {
  const items = await cart(lines);
  const email = `budget${lines}@customers.example`;
  const body = JSON.stringify({ items, email, paymentMethod: "pm_card_visa" });
  const statements: string[] = [];
  const stop = onStatement((sql) => {
    statements.push(sql);
    return undefined;
  });
  const request = { method: "POST", headers: { "content-type": "application/json", ...headers }, body };
  const response = await fetch(`${shop.app}/api/checkout`, request);
  stop();
  expect(response.status).toBe(201);
  await shop.settle();
  return statements;
}

test("P16: a checkout takes the same number of statements for 1 line and for 50, and at most 7", async () => {
  // The first one opens the connections.
  await checkoutStatements(1);
  const one = await checkoutStatements(1);
  const fifty = await checkoutStatements(50);
  expect(fifty.length).toBe(one.length);
  const keyed = await checkoutStatements(50, { "idempotency-key": "budget" });
  console.info(`budget: a checkout takes ${one.length} SQL statements, ${keyed.length} with an Idempotency-Key`);
  expect(keyed.length).toBeLessThanOrEqual(7);
});

test("from order/created to the email: at most 6 steps, reported in one call, 21 SQL statements and 2 Stripe calls, for 1 line and for 50", async () => {
  for (const lines of [1, 50]) {
    const items = await cart(lines);
    const steps: string[] = [];
    let reports = 0;
    const placed: Placed[] = [];
    const before = shop.calls().stripe;
    watch(shop, ({ to, path, body }, stage) => {
      if (stage === "after" || to !== "inngest" || !path.includes("/checkpoint/")) return undefined;
      reports++;
      for (const step of (JSON.parse(body) as { steps: { name: string }[] }).steps) steps.push(step.name);
      return undefined;
    });
    placed.push(await shop.checkout("", { items }));
    const statements = await statementsOf(async (cut) => {
      const stop = cut();
      await shop.settle();
      stop();
    });
    const confirmed = "SELECT 1 FROM orders WHERE id = $1 AND status = 'confirmed'";
    expect(await shop.sql(confirmed, [placed[0]?.id])).toHaveLength(1);
    const stripe = shop.calls().stripe - before;
    console.info(
      `budget: ${lines} lines: ${steps.length} steps, ${statements.length} SQL statements, ${stripe} Stripe calls`,
    );
    expect(steps.length).toBeGreaterThan(2);
    expect(steps.length).toBeLessThanOrEqual(6);
    expect(reports).toBe(1);
    expect(statements.length).toBeLessThanOrEqual(21);
    expect(stripe).toBe(2);
  }
});

test("events that no customer waits for go out together", async () => {
  const { withOutbox } = await import("@/lib/outbox");
  const placed = await shop.checkout(await shop.product(1));
  await shop.rest(placed);
  const requests: string[] = [];
  watch(shop, ({ to, path, body }, stage) => {
    if (stage === "before" && to === "inngest" && path.startsWith("/e/")) requests.push(body);
    return undefined;
  });
  const ids = Array.from({ length: 12 }, (_, n) => `order-confirmed:together:${n}`);
  const data = { orderId: placed.id, totalAmount: 2_500, currency: "EUR", gift: false };
  await Promise.all(ids.map((id) => withOutbox(async (_, publish) => publish({ name: "order/confirmed", id, data }))));
  const sent = await shop.sql(
    "SELECT 1 FROM outbox WHERE id LIKE 'order-confirmed:together:%' AND sent_at IS NOT NULL",
  );
  expect(sent).toHaveLength(ids.length);
  expect(requests.flatMap((body) => JSON.parse(body))).toHaveLength(ids.length);
  // The first go at once, and a slow machine may need more than one further request.
  expect(requests.length).toBeLessThan(ids.length / 2);
});

test("a round of the sweeps is one call of the app, busy or not", async () => {
  // The gifts of the orders above.
  await shop.clock.advance(MINUTE);
  const paths: string[] = [];
  watch(shop, ({ to, path }, stage) => {
    if (stage === "before" && (to === "app" || path.includes("/checkpoint/"))) paths.push(path);
    return undefined;
  });
  // The comparisons with Stripe run every ten minutes. The other rounds find nothing.
  await shop.clock.advance(10 * MINUTE);
  const calls = paths.filter((path) => path.includes("fnId=steadfast-reconcile"));
  expect(calls).toHaveLength(10);
  expect(paths.filter((path) => path.includes("/checkpoint/"))).toEqual([]);
  const since = new Date(Date.now() - 10 * MINUTE);
  const compared = await shop.sql("SELECT 1 FROM sweeps WHERE name LIKE 'stripe-%' AND last_run_at >= $1", [since]);
  expect(compared.length).toBeGreaterThanOrEqual(3);
});
