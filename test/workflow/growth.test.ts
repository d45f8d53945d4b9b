import pg from "pg";
import { expect, test } from "vitest";
import { GROWING, grow } from "../growth";
import { signedIn } from "./operator";
import { HOUR, MINUTE, openShop, type Placed } from "./shop";

/**
 * The statements of requests and crons use an index on every table that grows with the orders, so their cost does not grow
 * with them. PostgreSQL plans each statement that was seen again, over a shop with many rows.
 */
const shop = openShop({ env: { RECONCILE_EVERY_MINUTES: "15" }, without: [] });

const ROWS = 20_000;
const CRONS = ["billing-cycle", "check-invariants", "daily-digest", "daily-report", "health-check", "reconcile"];

/** What an operator and a customer read. */
const READS = ({ id, email }: Placed): string[] => [
  "/api/admin/orders",
  "/api/admin/orders?status=confirmed",
  `/api/admin/orders?q=${email}`,
  "/api/admin/orders?q=x123",
  "/api/admin/orders?q=Li",
  "/api/admin/orders?q=%231",
  "/api/admin/orders?q=PI_1&from=2026-01-01&min=12.50",
  `/api/admin/orders/${id}`,
  "/api/admin/orders?tag=vip",
  "/api/admin/exports/orders.csv",
  `/api/admin/exports/orders.csv?ids=${id},ord_x1`,
  "/api/admin/emails",
  `/api/admin/emails?to=${email}`,
  "/api/admin/customers?q=nora",
  "/api/admin/products",
  "/api/admin/coupons",
  "/api/admin/plans",
  "/api/admin/reports/daily",
  "/api/admin/reports/sales?from=2025-12-20&to=2026-01-05",
  "/api/admin/alerts",
  "/api/admin/manual-queue",
  "/api/admin/broadcasts",
  "/api/admin/imports",
  "/api/admin/jobs",
  "/api/admin/expenses",
  "/api/account",
  "/api/account/orders",
  "/api/products",
  "/api/health",
];

/** Lists that PostgreSQL could also answer by reading all customers, emails or orders through an index. */
const LISTS = [
  "/api/admin/customers",
  "/api/admin/customers?role=customer",
  "/api/admin/customers?role=manager",
  "/api/admin/customers?q=customers.example",
  "/api/admin/emails?status=failed",
  "/api/admin/emails?q=nobody",
  "/api/admin/orders?min=500",
  "/api/admin/orders?q=x77",
  "/api/admin/orders?q=fuchs",
];

/** Statements that read a whole table on purpose, by the start of their text. */
const WHOLE_TABLE: [text: RegExp, reason: string][] = [
  [/^WITH page AS MATERIALIZED \( SELECT id, order_id, type, key, at FROM order_events/, "the cursor is near the end"],
  [
    /^WITH contained AS MATERIALIZED \( SELECT c.user_id/,
    "at this size a join of the users that PostgreSQL expects to find is cheaper so",
  ],
  // The invariants are checked over everything, in a hundredth of the time.
  [/^SELECT i.product_id AS id FROM inventory i LEFT JOIN reservations/, "invariant I1"],
  [/^SELECT o.id FROM orders o WHERE o.status IN \('failed', 'cancelled'\) AND EXISTS/, "invariant I1"],
  [/^SELECT o.id FROM orders o WHERE o.total_amount \+ o.discount_amount <>/, "invariant I2"],
  [/^SELECT o.id FROM orders o LEFT JOIN coupons c ON c.order_id = o.id/, "invariant I2"],
  [/^SELECT m.id FROM emails m JOIN (email_(preferences|suppressions)|order_events)/, "invariant I4"],
  [/^SELECT payload #>> '\{data,tags,email_id\}' AS id FROM webhook_inbox/, "invariant I4"],
];

interface Seen {
  text: string;
  values: unknown[];
}

/** Records the statements of the app, each text once, until `stop` is called. */
function record(): { seen: Map<string, Seen>; stop(): void } {
  const seen = new Map<string, Seen>();
  const original = pg.Client.prototype.query;
  const query = function (this: pg.Client, ...args: unknown[]) {
    const [config, values] = args as [string | { text: string; values?: unknown[] }, unknown[]?];
    const text = typeof config === "string" ? config : config.text;
    const statement = { text, values: (typeof config === "string" ? values : config.values) ?? [] };
    if (/^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b/i.test(text)) seen.set(text, statement);
    return Reflect.apply(original, this, args);
  };
  Object.assign(pg.Client.prototype, { query });
  return { seen, stop: () => void Object.assign(pg.Client.prototype, { query: original }) };
}

interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  /** These four only of a statement that was run. */
  "Actual Rows"?: number;
  "Actual Loops"?: number;
  "Rows Removed by Filter"?: number;
  "Rows Removed by Index Recheck"?: number;
  Plans?: PlanNode[];
}

const scannedTables = (node: PlanNode): string[] => [
  ...(node["Node Type"] === "Seq Scan" ? [node["Relation Name"] ?? ""] : []),
  ...(node.Plans ?? []).flatMap(scannedTables),
];

/** Returns the growing tables that the plan of a statement reads from end to end. */
async function wholeTables({ text, values }: Seen): Promise<string[]> {
  const [row] = await shop.sql<{ "QUERY PLAN": { Plan: PlanNode }[] }>(`EXPLAIN (FORMAT JSON) ${text}`, values);
  const growing = new Set(GROWING);
  return scannedTables(row?.["QUERY PLAN"][0]?.Plan ?? { "Node Type": "" }).filter((table) => growing.has(table));
}

test("no statement of a request or a cron reads a growing table from end to end", async () => {
  const manager = await signedIn(shop);
  const product = await shop.product(100);
  const { seen, stop } = record();
  const placed = await shop.checkout(product, { name: "Nora Neu" });
  await shop.finish(placed, HOUR);
  await shop.order(placed);
  await manager.put(`/api/admin/orders/${placed.id}/tags`, { tags: ["vip"] });
  const { findOrders, orderTableSchema } = await import("@/lib/orders/list-orders");
  await findOrders(orderTableSchema.parse({ tag: "vip" }));
  for (const sort of ["oldest", "highest", "lowest"])
    await findOrders(orderTableSchema.parse({ sort, status: "confirmed" }));
  for (const path of READS(placed)) expect((await manager.get(path)).status, path).toBeLessThan(500);
  const { readOverview, listStuckOrders, listSweeps } = await import("@/lib/console/overview");
  const { lastDays, readFigures } = await import("@/lib/reports/sales-range");
  const { countAttention } = await import("@/lib/console/attention");
  await Promise.all([readOverview(), readFigures(lastDays(7)), countAttention(), listStuckOrders(), listSweeps()]);
  // What a day runs: every sweep, the digest, the report, the billing and the checks.
  await shop.sql("UPDATE sweeps SET next_at = $1", [new Date(shop.clock.now())]);
  for (const cron of CRONS) shop.runCron(cron);
  await shop.clock.advance(10 * MINUTE);
  stop();
  await grow(shop.sql, { from: 1, to: ROWS, since: new Date("2025-01-01"), until: new Date("2026-01-01") });
  const found: string[] = [];
  for (const statement of seen.values()) {
    const tables = await wholeTables(statement).catch((error: Error) => [`not planned: ${error.message}`]);
    const text = statement.text.replace(/\s+/g, " ").trim();
    if (tables.length > 0 && !WHOLE_TABLE.some(([whole]) => whole.test(text)))
      found.push(`${[...new Set(tables)].join(", ")}: ${text.slice(0, 2000)}`);
  }
  expect(seen.size).toBeGreaterThan(100);
  expect(found).toEqual([]);
});

/** The most rows that a part of a plan has read. */
function rowsRead({ Plans = [], ...node }: PlanNode): number {
  const { "Actual Rows": rows = 0, "Actual Loops": loops = 1 } = node;
  const removed = (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
  return Math.max((rows + removed) * loops, ...Plans.map(rowsRead));
}

test.each(LISTS)("a page of %s reads few rows of many", async (path) => {
  const manager = await signedIn(shop);
  const { seen, stop } = record();
  expect((await manager.get(path)).status).toBe(200);
  stop();
  const lists = [...seen.values()].filter(({ text }) => /FROM (customer_search|emails|orders o\b)/.test(text));
  expect(lists.length).toBeGreaterThan(0);
  for (const { text, values } of lists) {
    const [row] = await shop.sql<{ "QUERY PLAN": { Plan: PlanNode }[] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
      values,
    );
    expect(rowsRead(row?.["QUERY PLAN"][0]?.Plan ?? { "Node Type": "" }), text).toBeLessThan(ROWS / 4);
  }
});
