import { afterEach, beforeAll, expect, test } from "vitest";
import { onStatement } from "./fault-injection";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, MINUTE, openShop, type Placed } from "./shop";

const shop = openShop({
  env: { STORE_TIME_ZONE: "Europe/Berlin" },
  only: ["process-order", "cancel-order", "process-refund", "apply-payment-webhook", "payment-failed", "daily-report"],
});
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(audit);

const operators = "operators@steadfast.example";
interface Report {
  from: string;
  until: string;
  final: boolean;
  orders: Record<string, number>;
  totals: Record<string, { amount: number; currency: string }>[];
  bestSellers: { productId: string; units: number; revenue: { amount: number } }[];
  runningOut: { productId: string; available: number }[];
}
const report = (date: string) => manager.read<Report>(manager.get(`/api/admin/reports/daily?date=${date}`));
const csv = async (date: string) => (await manager.get(`/api/admin/reports/daily?date=${date}&format=csv`)).text();
const emailed = () => shop.emails(operators);
/** To seven in the morning in Berlin, in winter. */
const tomorrow = () => shop.clock.advance(24 * HOUR - ((shop.clock.now() - 6 * HOUR) % (24 * HOUR)));
const none = { placed: 0, confirmed: 0, failed: 0, cancelled: 0 };

test("a day of business, by the store's calendar: collected, and emailed once with its table", async () => {
  const [a, b] = [await shop.product(9, 1_000), await shop.product(50, 2_000)];
  await shop.sql("UPDATE products SET name = '=HYPERLINK(\"http://evil.example\")' WHERE id = $1", [a]);
  await shop.checkout(a, { items: [{ productId: a, quantity: 3 }] });
  await shop.checkout(a, {
    items: [
      { productId: a, quantity: 1 },
      { productId: b, quantity: 2 },
    ],
  });
  await shop.checkout(b, { paymentMethod: "pm_card_visa_chargeDeclined" });
  const cancelled = await shop.checkout(b);
  await shop.clock.advance(MINUTE);
  expect(await shop.cancel(cancelled)).toBe(202);
  await shop.clock.advance(MINUTE);
  expect(await report("2026-01-05")).toMatchObject({ final: false, orders: { placed: 4 } });
  await tomorrow();
  const made = await report("2026-01-05");
  expect(made).toMatchObject({
    final: true,
    from: "2026-01-04T23:00:00.000Z",
    until: "2026-01-05T23:00:00.000Z",
    orders: { placed: 4, confirmed: 3, failed: 1, cancelled: 1 },
    totals: [{ revenue: { amount: 10_000 }, refunds: { amount: 2_000 }, net: { amount: 8_000 } }],
    bestSellers: [
      { productId: a, units: 4, revenue: { amount: 4_000 } },
      { productId: b, units: 3, revenue: { amount: 6_000 } },
    ],
  });
  expect(made.runningOut.find(({ productId }) => productId === a)).toMatchObject({ available: 5 });
  expect(made.runningOut.map(({ productId }) => productId)).not.toContain(b);
  const [email, ...more] = await emailed();
  expect(more).toEqual([]);
  expect(email).toMatchObject({
    attachments: ["daily-report-2026-01-05.csv"],
    subject: expect.stringContaining("3 orders, €100.00"),
  });
  const table = await csv("2026-01-05");
  expect(table).toContain("2026-01-05,totals,revenue,,,10000,EUR\r\n");
  expect(table).toContain(`"'=HYPERLINK(""http://evil.example"")"`);
  const [collected] = await shop.sql<{ attachments: { content: string }[] }>(
    "SELECT attachments FROM emails WHERE kind = 'daily_report'",
  );
  // The attachment opens in Excel as it is.
  expect(collected?.attachments[0]?.content).toBe(`\uFEFF${table}`);
});

test("a day without orders has a report that says so, and the cron leaves its heartbeat", async () => {
  await tomorrow();
  expect(await report("2026-01-06")).toMatchObject({ final: true, orders: none, totals: [], bestSellers: [] });
  expect((await emailed())[0]?.subject).toBe("Sales on 2026-01-06: 0 orders, nothing");
  const [heartbeat] = await shop.sql("SELECT run_id FROM cron_heartbeats WHERE name = 'daily-report'");
  expect(heartbeat?.run_id).toBeTruthy();
});

test("days that no run was there for are made up for, each once", async () => {
  await shop.sql("DELETE FROM daily_reports WHERE date = '2026-01-05'");
  await tomorrow();
  const days = await shop.sql<{ day: string }>(
    "SELECT to_char(date, 'YYYY-MM-DD') AS day FROM daily_reports ORDER BY 1",
  );
  expect(days.map(({ day }) => day)).toEqual(["2026-01-05", "2026-01-06", "2026-01-07"]);
  expect(await emailed()).toHaveLength(3);
});

test("the run is lost before the email: the next day's run emails the report, once", async () => {
  const before = (await emailed()).length;
  const restore = onStatement((sql) => (/INSERT INTO emails\b/.test(sql) ? { sqlState: "57P03" } : undefined));
  await tomorrow();
  expect(await shop.loseRuns("daily-report")).toBe(1);
  restore();
  expect(await emailed()).toHaveLength(before);
  await tomorrow();
  const subjects = (await emailed()).map(({ subject }) => subject.slice(0, 19));
  expect(subjects.slice(0, -before).sort()).toEqual(["Sales on 2026-01-08", "Sales on 2026-01-09"]);
});

test.each([
  [
    "the day with 23 hours",
    "2025-03-30",
    ["2025-03-29T23:00:00Z", "2025-03-30T21:59:59Z"],
    ["2025-03-29T22:59:59Z", "2025-03-30T22:00:00Z"],
  ],
  [
    "the day with 25 hours",
    "2025-10-26",
    ["2025-10-25T22:00:00Z", "2025-10-26T22:59:59Z"],
    ["2025-10-25T21:59:59Z", "2025-10-26T23:00:00Z"],
  ],
])("%s counts what was sold in it, to the second", async (_name, date, inside, outside) => {
  const product = await shop.product(10, 700);
  const placed: Placed[] = [];
  for (const at of [...inside, ...outside]) {
    const order = await shop.checkout(product);
    placed.push(order);
    await shop.clock.advance(MINUTE);
    await shop.sql("UPDATE order_events SET at = $2 WHERE order_id = $1", [order.id, at]);
    await shop.sql("UPDATE orders SET created_at = $2 WHERE id = $1", [order.id, at]);
  }
  const { orders, totals, bestSellers } = await report(date);
  expect(orders).toMatchObject({ placed: 2, confirmed: 2 });
  expect(totals).toMatchObject([{ revenue: { amount: 1_400, currency: "EUR" } }]);
  expect(bestSellers).toMatchObject([{ productId: product, units: 2 }]);
});

test("a range of days: the totals, each day and the products, as JSON and as the same figures in CSV", async () => {
  const path = "/api/admin/reports/sales?from=2026-01-04&to=2026-01-06";
  const sales = await manager.read<Report & { days: object[]; products: object[] }>(manager.get(path));
  const euros = (amount: number) => ({ amount, currency: "EUR" });
  expect(sales).toMatchObject({
    timeZone: "Europe/Berlin",
    orders: { placed: 4, confirmed: 3, failed: 1, cancelled: 1 },
    totals: [{ revenue: euros(10_000), refunds: euros(2_000), net: euros(8_000) }],
    days: [
      { date: "2026-01-04", orders: 0, net: euros(0) },
      { date: "2026-01-05", orders: 3, net: euros(8_000) },
      { date: "2026-01-06", orders: 0, net: euros(0) },
    ],
    products: [
      { units: 4, revenue: euros(4_000) },
      { units: 3, revenue: euros(6_000) },
    ],
  });
  const forExcel = await manager.get(`${path}&format=csv&bom=true&separator=semicolon`);
  expect(forExcel.headers.get("content-disposition")).toContain("sales-2026-01-04-to-2026-01-06.csv");
  const lines = Buffer.from(await forExcel.arrayBuffer())
    .toString()
    .split("\r\n");
  expect(lines[0]).toBe("\uFEFFsection;item;name;quantity;amount;currency");
  expect(lines).toContain("orders;failed;;1;;");
  expect(lines).toContain("totals;net;;;80.00;EUR");
  expect(lines).toContain("days;2026-01-05;;3;80.00;EUR");
  expect(lines.filter((line) => line.startsWith("products;"))).toHaveLength(2);
  expect(lines.find((line) => line.startsWith("products;"))).toContain(
    `;"'=HYPERLINK(""http://evil.example"")";4;40.00;EUR`,
  );
});

test("a day that has not begun, or is none, is refused by name; and not everybody may look", async () => {
  for (const [query, path] of [
    ["date=2030-01-01", "date"],
    ["date=2026-02-30", "date"],
    ["date=yesterday", "date"],
    ["date=1066-10-14", "date"],
    ["format=pdf", "format"],
    ["day=2026-01-05", "day"],
  ] as const)
    expect(await manager.read(manager.get(`/api/admin/reports/daily?${query}`), 422)).toMatchObject({
      errors: [{ path }],
    });
  for (const [query, path] of [
    ["from=2026-01-05", "to"],
    ["from=2026-01-05&to=2026-01-04", "to"],
    ["from=2025-01-05&to=2026-01-06", "to"],
    ["from=soon&to=2026-01-06", "from"],
    ["from=9998-12-31&to=9999-12-31", "to"],
  ] as const)
    expect(await manager.read(manager.get(`/api/admin/reports/sales?${query}`), 422), query).toMatchObject({
      errors: [{ path }],
    });
  expect((await fetch(`${shop.app}/api/admin/reports/daily`)).status).toBe(401);
  expect((await (await signedIn(shop, "customer")).get("/api/admin/reports/daily")).status).toBe(403);
});
