import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, MINUTE, openShop } from "./shop";

const shop = openShop({ only: ["health-check"] });
let manager: Operator;
const refreshHeartbeats = async () => {
  const { crons } = await import("@/lib/heartbeats");
  for (const { name, intervalMs } of crons())
    await shop.sql(
      `INSERT INTO cron_heartbeats (name, at, interval_ms) VALUES ($1, '2999-01-01', $2)
       ON CONFLICT (name) DO UPDATE SET at = excluded.at`,
      [name, intervalMs],
    );
};
// Of all the crons one is served here.
beforeAll(async () => {
  await refreshHeartbeats();
  manager = await signedIn(shop);
});
afterEach(audit);

const operators = "operators@steadfast.example";
const notifications = async (check: string) =>
  (await shop.emails(operators))
    .map(({ subject }) => subject)
    .filter((subject) => subject.includes(`Health: ${check}`))
    .reverse();
const health = async () => {
  const response = await manager.get("/api/health");
  const body = (await response.json()) as {
    status: string;
    checks: Record<string, { status: string; detail?: string }>;
  };
  return { http: response.status, ...body };
};
/** Until a moment after the next check. */
const nextLook = () => shop.clock.advance(HOUR - (shop.clock.now() % HOUR) + MINUTE);
const forget = (table: string) => shop.sql(`DELETE FROM ${table} WHERE id LIKE 'test:%'`);

test("all is well: every check says so and nobody is emailed", async () => {
  await nextLook();
  const { http, status, checks } = await health();
  expect([http, status]).toEqual([200, "ok"]);
  expect(Object.keys(checks)).toEqual([
    "database",
    "inngest",
    "outbox",
    "stripe",
    "email",
    "orders",
    "crons",
    "events",
  ]);
  expect(await shop.emails(operators)).toEqual([]);
});

test("an event that nobody sends: one email however long it lasts, one when it is over, and again for the next incident", async () => {
  const stick = () =>
    shop.sql(
      "INSERT INTO outbox (id, name, data, created_at, not_before) VALUES ('test:stuck', 'email/sent', '{}', $1, '2999-01-01')",
      [new Date(shop.clock.now() - 10 * MINUTE)],
    );
  await stick();
  expect(await health()).toMatchObject({ http: 200, status: "ok", checks: { outbox: { status: "failing" } } });
  await nextLook();
  await shop.clock.advance(3 * HOUR);
  expect(await notifications("outbox")).toEqual(["[Steadfast] Health: outbox is failing"]);
  await forget("outbox");
  await nextLook();
  await shop.clock.advance(2 * HOUR);
  expect(await notifications("outbox")).toHaveLength(2);
  expect((await notifications("outbox"))[1]).toContain("is well again");
  await stick();
  await nextLook();
  expect(await notifications("outbox")).toHaveLength(3);
  await forget("outbox");
  await nextLook();
});

test("everybody sees which part fails; only operators see why", async () => {
  await shop.sql("UPDATE cron_heartbeats SET at = '2020-01-01' WHERE name = 'cleanup-old-data'");
  const customer = await signedIn(shop, "customer");
  const details = async (response: Promise<Response>) =>
    Object.entries(((await (await response).json()) as Awaited<ReturnType<typeof health>>).checks).filter(
      ([, check]) => Object.keys(check).length > 1,
    );
  expect(await details(fetch(`${shop.app}/api/health`))).toEqual([]);
  expect(await details(customer.get("/api/health"))).toEqual([]);
  expect((await details(manager.get("/api/health"))).map(([name]) => name)).toEqual(["crons"]);
  await refreshHeartbeats();
});

test("a cron that falls silent is named; orders go on, so the API stays up", async () => {
  await shop.sql("UPDATE cron_heartbeats SET at = $1 WHERE name = 'cleanup-old-data'", [
    new Date(shop.clock.now() - 15 * 24 * HOUR),
  ]);
  const { http, status, checks } = await health();
  expect([http, status, checks.crons?.status]).toEqual([200, "ok", "failing"]);
  expect(checks.crons?.detail).toContain("cleanup-old-data");
  await nextLook();
  expect(await notifications("crons")).toHaveLength(1);
  await refreshHeartbeats();
  await nextLook();
  expect(await notifications("crons")).toHaveLength(2);
});

test("a database that takes no writes: notified without it, once, and again when it is back", async () => {
  await shop.sql("ALTER TABLE cron_heartbeats RENAME TO cron_heartbeats_away");
  await nextLook();
  await shop.clock.advance(90 * MINUTE);
  expect(await notifications("database")).toEqual(["[Steadfast] Health: database is failing"]);
  await shop.sql("ALTER TABLE cron_heartbeats_away RENAME TO cron_heartbeats");
  await shop.clock.advance(6 * MINUTE);
  expect(await notifications("database")).toHaveLength(2);
  await shop.clock.advance(2 * HOUR);
  expect(await notifications("database")).toHaveLength(2);
});
