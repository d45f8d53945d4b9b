import pino from "pino";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { waitUntil as until } from "@/dev/wait-until";
import { type Operator, signedIn } from "./operator";
import { audit, openShop } from "./shop";

const shop = openShop();
afterEach(audit);

let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});

interface Job {
  status: string;
  progress: { processed: number; total: number; share: number };
  result: {
    customers: Record<string, unknown>[];
    cohorts: { cohort: string; months: Record<string, unknown>[] }[];
  } | null;
}

const run = async () => {
  const { id } = await manager.read<{ id: string }>(manager.post("/api/admin/jobs", { kind: "customer_value" }), 201);
  return id;
};
const view = (id: string) => manager.read<Job>(manager.get(`/api/admin/jobs/${id}`));

/** Inserts orders that were paid in the past. They reserve and sell nothing. */
async function history(orders: { email: string; month: string; amount: number; status?: string }[]): Promise<void> {
  await shop.sql(
    `INSERT INTO orders (id, token, status, total_amount, currency, email, payment_method, end_reason, deadline_at, created_at, updated_at)
     SELECT 'ord_h' || lpad(n::text, 8, '0'), 't', coalesce(status, 'refunded')::order_status, amount, 'EUR', email, 'pm',
       CASE WHEN status = 'failed' THEN 'payment_declined' END, '2026-01-01', (month || '-15')::timestamptz, '2026-01-01'
     FROM jsonb_to_recordset($1::jsonb) AS o(email text, month text, amount int, status text, n int)`,
    [JSON.stringify(orders.map((order, n) => ({ ...order, n })))],
  );
  await shop.sql(
    `INSERT INTO payments (id, order_id, attempt, status, amount, currency, payment_method, idempotency_key, captured, refunded, created_at, updated_at)
     SELECT 'pay_' || id, id, 1, 'succeeded', total_amount, currency, 'pm', id, total_amount, 0, created_at, created_at FROM orders
     WHERE id LIKE 'ord_h%' AND status = 'refunded'`,
  );
}

test("a job returns customer value and cohorts, with progress, without unpaid orders", async () => {
  await history([
    { email: "a@x.example", month: "2025-10", amount: 1_000 },
    { email: "a@x.example", month: "2025-11", amount: 500 },
    { email: "A@x.example", month: "2025-11", amount: 500 },
    { email: "b@x.example", month: "2025-10", amount: 300 },
    { email: "c@x.example", month: "2025-11", amount: 700 },
    { email: "d@x.example", month: "2025-11", amount: 900, status: "failed" },
  ]);
  const id = await run();
  await shop.settle();
  const job = await view(id);
  expect(job).toMatchObject({ status: "done", progress: { processed: 6, total: 6, share: 1 } });
  expect(job.result?.customers).toEqual([
    { currency: "EUR", customers: 3, orders: 5, revenue: 3_000, average: 1_000, median: 700, returning: 1 },
  ]);
  expect(job.result?.cohorts).toEqual([
    {
      currency: "EUR",
      cohort: "2025-10",
      months: [
        { month: "2025-10", customers: 2, orders: 2, revenue: 1_300 },
        { month: "2025-11", customers: 1, orders: 2, revenue: 1_000 },
      ],
    },
    { currency: "EUR", cohort: "2025-11", months: [{ month: "2025-11", customers: 1, orders: 1, revenue: 700 }] },
  ]);
  type Values = { items: { email: string; lifetimeValue: number }[]; nextCursor: string };
  const first = await manager.read<Values>(manager.get(`/api/admin/jobs/${id}/customers?limit=2`));
  const second = await manager.read<Values>(manager.get(`/api/admin/jobs/${id}/customers?cursor=${first.nextCursor}`));
  expect([...first.items, ...second.items].map(({ email, lifetimeValue }) => [email, lifetimeValue])).toEqual([
    ["a@x.example", 2_000],
    ["c@x.example", 700],
    ["b@x.example", 300],
  ]);
});

test("a run is lost among the orders: the job is resumed, every order counts once, and the log has their ids", async () => {
  await shop.sql("DELETE FROM payments WHERE order_id LIKE 'ord_h%'");
  await shop.sql("DELETE FROM orders WHERE id LIKE 'ord_h%'");
  const orders = Array.from({ length: 1_700 }, (_, n) => ({
    email: `m${n % 40}@x.example`,
    month: "2025-12",
    amount: 10,
  }));
  await history(orders);
  const lines: string[] = [];
  const { log } = await import("@/lib/log");
  const { level } = log;
  log.level = "info";
  // pino writes to the file descriptor, so `process.stderr` does not see it.
  const stream: { write(line: string): boolean } = Reflect.get(log, pino.symbols.streamSym);
  const write = vi.spyOn(stream, "write").mockImplementation((line) => lines.push(line) > 0);
  const id = await run();
  const settled = shop.settle();
  await until(async () => (await view(id)).progress.processed > 0, "the first orders to be read", { every: 2 });
  await shop.loseRuns("process-data");
  await settled;
  await shop.clock.runUntil(async () => (await view(id)).status === "done", 3 * 60 * 60_000);
  write.mockRestore();
  log.level = level;
  expect(await view(id)).toMatchObject({
    progress: { processed: 1_700, total: 1_700 },
    result: { customers: [{ customers: 40, orders: 1_700, revenue: 17_000 }] },
  });
  type Line = {
    msg?: string;
    jobId?: string;
    eventName?: string;
    eventId?: string;
    runId?: string;
    orderIds?: string[];
  };
  const logged = lines.map((line) => JSON.parse(line) as Line).filter(({ jobId }) => jobId === id);
  const taken = logged.filter(({ msg }) => msg === "counted orders");
  expect(taken.flatMap(({ orderIds }) => orderIds)).toHaveLength(1_700);
  expect(taken.every(({ runId, eventId, eventName }) => runId && eventId && eventName === "data/process")).toBe(true);
});

test("bad input and customers are refused; an unknown job is not found", async () => {
  expect((await manager.post("/api/admin/jobs", { kind: "everything" })).status).toBe(422);
  expect((await manager.post("/api/admin/jobs", {})).status).toBe(422);
  expect((await manager.get("/api/admin/jobs/job_none")).status).toBe(404);
  expect((await manager.get("/api/admin/jobs/job_none/customers")).status).toBe(404);
  const customer = await signedIn(shop, "customer");
  for (const path of ["/api/admin/jobs", "/api/admin/jobs/x", "/api/admin/jobs/x/customers"]) {
    expect((await fetch(`${shop.app}${path}`)).status).toBe(401);
    expect((await customer.get(path)).status).toBe(403);
  }
  const event = { name: "data/process", data: { jobId: "job_gone" } };
  const sent = await fetch(`${shop.inngest}/e/test`, { method: "POST", body: JSON.stringify([event]) });
  const { ids } = (await sent.json()) as { ids: string[] };
  await shop.settle();
  const runs = await fetch(`${shop.inngest}/api/v2/events/${ids[0]}/runs?includeOutput=true`);
  const { data } = (await runs.json()) as { data: { status: string; output: unknown }[] };
  expect(data).toMatchObject([{ status: "COMPLETED", output: { skipped: "not_found" } }]);
});

test("customers with the longest addresses are listed page by page", async () => {
  const emails = ["a", "b"].map((first) => `${first}${"文".repeat(240)}@x.example`);
  await shop.sql("DELETE FROM payments WHERE order_id LIKE 'ord_h%'");
  await shop.sql("DELETE FROM orders WHERE id LIKE 'ord_h%'");
  await history(emails.map((email) => ({ email, month: "2025-10", amount: 9_000_000 })));
  const id = await run();
  await shop.settle();
  const list = async (cursor = "") => {
    const path = `/api/admin/jobs/${id}/customers?limit=1${cursor && `&cursor=${cursor}`}`;
    return manager.read<{ items: { email: string }[]; nextCursor: string | null }>(manager.get(path));
  };
  const first = await list();
  const second = await list(first.nextCursor ?? "");
  expect([...first.items, ...second.items].map(({ email }) => email)).toEqual(emails);
});
