import { afterEach, expect, test } from "vitest";
import { audit, HOUR, MINUTE, openShop } from "./shop";

/** How the sweeps read what Stripe has created since their last round. */
const shop = openShop({ only: ["reconcile"], manualCrons: true });
afterEach(audit);

async function round(): Promise<void> {
  shop.runCron("reconcile");
  await shop.clock.settle();
}

/** Creates PaymentIntents of this installation that no payment of ours has, and returns their ids. */
async function unknownIntents(count: number): Promise<string[]> {
  const { installationId } = await import("@/lib/installation");
  const form = {
    amount: "100",
    currency: "eur",
    "metadata[order_id]": "ord_unknown",
    "metadata[installation_id]": await installationId(),
  };
  const created = Array.from({ length: count }, () =>
    shop.stripeApi<{ id: string }>("POST", "/v1/payment_intents", form),
  );
  return (await Promise.all(created)).map(({ id }) => id);
}

const statusOf = async (id: string) =>
  (await shop.stripeApi<{ status: string }>("GET", `/v1/payment_intents/${id}`)).status;

test("after a day without a round, a scan reads in one call what has fewer objects than a page", async () => {
  await round();
  await shop.clock.advance(23 * HOUR);
  const [intent = ""] = await unknownIntents(1);
  await shop.clock.advance(HOUR);
  const before = shop.calls().stripe;
  await round();
  // Four scans, and two calls that read the intent again and cancel it.
  expect(shop.calls().stripe - before).toBe(6);
  expect(await statusOf(intent)).toBe("canceled");
});

test("of what has more objects than a page, every page is read", async () => {
  await round();
  const ids: string[] = [];
  for (const count of [30, 130, 1]) {
    await shop.clock.advance(70 * MINUTE);
    ids.push(...(await unknownIntents(count)));
  }
  await shop.clock.advance(HOUR);
  await round();
  const statuses = await Promise.all(ids.map(statusOf));
  expect(statuses.filter((status) => status !== "canceled")).toEqual([]);
});
