import { afterAll, afterEach, expect, test } from "vitest";
import { startProvider } from "./messaging-providers";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, MINUTE, openShop } from "./shop";

/** Every third call to a path fails, which is never often enough in a row to open a circuit. */
const seen = new Map<string, number>();
const partner = await startProvider(({ path }) => {
  const nth = (seen.get(path) ?? 0) + 1;
  seen.set(path, nth);
  return { status: nth % 3 === 0 ? 503 : 204 };
});
afterAll(() => partner.close());
const shop = openShop({ only: ["call-external-api"] });
afterEach(audit);

/** So many deliveries to each of a user's webhooks, all at once. */
async function storm(owner: Operator, prefix: string, deliveries: number): Promise<void> {
  for (const name of ["a", "b", "c"]) {
    const url = `${partner.url}/${prefix}${name}`;
    const hook = await owner.read<{ id: string }>(
      owner.post("/api/account/webhooks", { url, events: ["order.confirmed"] }),
      201,
    );
    await shop.sql(
      `INSERT INTO webhook_deliveries (id, endpoint_id, event, body, created_at)
       SELECT $1 || n, $2, 'order.confirmed', '{}', $3 FROM generate_series(1, $4::int) n`,
      [`whd_${prefix}${name}`, hook.id, new Date(shop.clock.now()), deliveries],
    );
    const events = Array.from({ length: deliveries }, (_, n) => ({
      name: "api/call",
      id: `${prefix}${name}${n}`,
      data: { deliveryId: `whd_${prefix}${name}${n + 1}`, userId: owner.id },
    }));
    await fetch(`${shop.inngest}/e/test`, { method: "POST", body: JSON.stringify(events) });
  }
}

/** The most calls that came in any sixty seconds. */
function mostInAMinute(prefix: string): number {
  const times = partner.calls.filter(({ path }) => path.startsWith(`/${prefix}`)).map(({ at }) => at);
  return Math.max(...times.map((end) => times.filter((at) => at > end - MINUTE && at <= end).length));
}

test("never more than a hundred calls in any sixty seconds, second tries counted, and all of them arrive", async () => {
  const [one, other] = [await signedIn(shop), await signedIn(shop)];
  await storm(one, "one", 45);
  await storm(other, "other", 4);
  const undelivered = "SELECT 1 FROM webhook_deliveries WHERE status <> 'delivered'";
  await shop.clock.runUntil(async () => (await shop.sql(undelivered)).length === 0, 12 * HOUR);
  const calls = (prefix: string) => partner.calls.filter(({ path }) => path.startsWith(`/${prefix}`)).length;
  expect(calls("one")).toBeGreaterThan(180);
  expect(mostInAMinute("one")).toBe(100);
  // One user's storm is no other's.
  expect(mostInAMinute("other")).toBeGreaterThan(12);
});
