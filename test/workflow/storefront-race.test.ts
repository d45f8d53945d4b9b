import { afterEach, expect, test } from "vitest";
import { behindLock } from "./concurrent-writers";
import { audit } from "./shop";
import { openStorefront } from "./storefront";

/** Two events at once, each on a connection of its own. */
const { shop, newOrder, ordered } = openStorefront({ env: { DATABASE_POOL: "4" } });
afterEach(audit);

test("two events with the same new order at the same moment: one places it, the other finds it", async () => {
  const { orderId, productId, data } = await newOrder();
  const { adoptOrder } = await import("@/lib/ingest/orders");
  // Both have looked for the order before one of them inserts it.
  const adopted = await behindLock(
    "LOCK TABLE orders IN SHARE MODE",
    [],
    ["one", "two"].map((id) => () => adoptOrder({ id, data })),
  );
  const order = await ordered(orderId);
  const outcomes = adopted.map((result) => (result.status === "fulfilled" ? result.value : result.reason));
  expect(outcomes.toSorted((a, b) => b.outcome.localeCompare(a.outcome))).toMatchObject([
    { orderId: order.id, outcome: "placed" },
    { orderId: order.id, outcome: "known" },
  ]);
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
  expect(await shop.stock(productId)).toMatchObject({ sold: 2 });
});
