import { afterEach, expect, test } from "vitest";
import { signedIn } from "./operator";
import { audit, HOUR, MINUTE, openShop } from "./shop";

/** What an operator does with an order beside shipping it. */
const shop = openShop();
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

test("notes are internal, a confirmation is sent again once, and refunded items come back into stock once", async () => {
  const product = await shop.product(10);
  const placed = await shop.checkout(product);
  await shop.clock.advance(12_000);
  const manager = await signedIn(shop);
  const path = `/api/admin/orders/${placed.id}`;

  const { note } = await manager.read<{ note: object }>(manager.post(`${path}/notes`, { text: "Called\ntwice" }), 201);
  expect(note).toMatchObject({ text: "Called\ntwice", writtenBy: "Staff" });
  expect((await manager.post("/api/admin/orders/ord_nowhere/notes", { text: "x" })).status).toBe(404);
  expect(JSON.stringify(await shop.order(placed))).not.toContain("twice");

  const again = () => manager.post(`${path}/resend-confirmation`, undefined, { "Idempotency-Key": "again" });
  await manager.read(again());
  await manager.read(again());
  await shop.settle();
  expect((await shop.emails(placed.email)).filter(({ subject }) => /is confirmed/.test(subject))).toHaveLength(2);

  const body = { items: [{ productId: product, quantity: 1 }], restock: true, reason: "Came back" };
  const refund = () => manager.post(`${path}/refund`, body, { "Idempotency-Key": "back" });
  expect((await refund()).status).toBe(201);
  expect((await refund()).status).toBe(200);
  await shop.settle();
  expect((await shop.stock(product)).available).toBe(10);
  const none = await manager.post(
    `${path}/refund`,
    { restock: true, amount: 1, reason: "x" },
    { "Idempotency-Key": "none" },
  );
  expect(none.status).toBe(422);

  const order = await manager.read<Record<string, unknown>>(manager.get(path));
  expect(order).toMatchObject({
    notes: [{ text: "Called\ntwice" }],
    payments: [{ url: expect.stringMatching(/\/payments\/pi_/) }],
    emails: [{ kind: "order_confirmed" }, { kind: "order_confirmed" }, { kind: "refund_made" }],
    openItems: [],
  });
  expect((order.runs as { event: string }[]).map(({ event }) => event)).toContain("refund/requested");
});

test("a confirmation that is sent again does not arrive after the order was cancelled", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(12_000);
  const manager = await signedIn(shop);
  await shop.fault("mailbox", { kind: "error", status: 503, until: shop.clock.now() + 10 * MINUTE });
  const resend = `/api/admin/orders/${placed.id}/resend-confirmation`;
  await manager.read(manager.post(resend, undefined, { "Idempotency-Key": "late" }));
  expect(await shop.cancel(placed)).toBe(202);
  await shop.clock.advance(HOUR);
  expect((await shop.notifications(placed)).sort()).toEqual(["cancelled", "confirmed", "refunded"]);
});
