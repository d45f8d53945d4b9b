import { afterAll, afterEach, expect, test } from "vitest";
import { startProvider } from "./messaging-providers";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, MINUTE, openShop } from "./shop";

/** Every third call to a path fails. There are never enough consecutive failures to open a circuit. */
const callsByPath = new Map<string, number>();
const receiver = await startProvider(({ path }) => {
  const nth = (callsByPath.get(path) ?? 0) + 1;
  callsByPath.set(path, nth);
  return { status: nth % 3 === 0 ? 503 : 204 };
});
afterAll(() => receiver.close());
const shop = openShop({ only: ["call-external-api"] });
afterEach(audit);

/** Triggers so many deliveries to each of a user's three endpoints at once. `slot` is the slot that they already have. */
async function burst(owner: Operator, prefix: string, deliveries: number, slot?: Date): Promise<void> {
  for (const name of ["a", "b", "c"]) {
    const url = `${receiver.url}/${prefix}${name}`;
    const endpoint = await owner.read<{ id: string }>(
      owner.post("/api/account/webhooks", { url, events: ["order.confirmed"] }),
      201,
    );
    await shop.sql(
      `INSERT INTO webhook_deliveries (id, endpoint_id, event, body, created_at, scheduled_at)
       SELECT $1 || n, $2, 'order.confirmed', '{}', $3, $5 FROM generate_series(1, $4::int) n`,
      [`whd_${prefix}${name}`, endpoint.id, new Date(shop.clock.now()), deliveries, slot],
    );
    const events = Array.from({ length: deliveries }, (_, n) => ({
      name: "api/call",
      id: `${prefix}${name}${n}`,
      data: { deliveryId: `whd_${prefix}${name}${n + 1}`, userId: owner.id },
    }));
    await fetch(`${shop.inngest}/e/test`, { method: "POST", body: JSON.stringify(events) });
  }
}

/** Returns the largest number of calls in any sixty seconds. */
function maxPerMinute(prefix: string): number {
  const times = receiver.calls.filter(({ path }) => path.startsWith(`/${prefix}`)).map(({ at }) => at);
  return Math.max(...times.map((end) => times.filter((at) => at > end - MINUTE && at <= end).length));
}

const calls = (prefix: string) => receiver.calls.filter(({ path }) => path.startsWith(`/${prefix}`)).length;

async function untilDelivered(): Promise<void> {
  const undelivered = "SELECT 1 FROM webhook_deliveries WHERE status <> 'delivered'";
  await shop.clock.runUntil(async () => (await shop.sql(undelivered)).length === 0, 12 * HOUR);
}

test("at most a hundred calls in any sixty seconds, retries included, and all deliveries arrive", async () => {
  const [one, other] = [await signedIn(shop), await signedIn(shop)];
  await burst(one, "one", 45);
  await burst(other, "other", 4);
  await untilDelivered();
  expect(calls("one")).toBeGreaterThan(180);
  expect(maxPerMinute("one")).toBeLessThanOrEqual(100);
  expect(maxPerMinute("one")).toBeGreaterThan(85);
  // One user's burst does not slow down another user.
  expect(maxPerMinute("other")).toBeGreaterThan(12);
}, 300_000);

test("111 runs that all miss their slots take new ones: at most a hundred calls in any sixty seconds", async () => {
  await burst(await signedIn(shop), "late", 37, new Date(shop.clock.now() - MINUTE));
  await untilDelivered();
  expect(calls("late")).toBeGreaterThanOrEqual(111);
  expect(maxPerMinute("late")).toBeLessThanOrEqual(100);
}, 300_000);

test("a run that wakes up for its slot uses it and takes no second one", async () => {
  const owner = await signedIn(shop);
  await burst(owner, "slot", 1, new Date(shop.clock.now() + 10_000));
  await shop.clock.advance(9_000);
  expect(calls("slot")).toBe(0);
  await untilDelivered();
  expect(calls("slot")).toBe(3);
  expect(await shop.sql("SELECT 1 FROM rate_limits WHERE key = $1", [`webhook-calls:${owner.id}`])).toEqual([]);
});
