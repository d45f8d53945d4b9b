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

  const note = await manager.read<object>(manager.post(`${path}/notes`, { text: "Called\ntwice" }), 201);
  expect(note).toMatchObject({ text: "Called\ntwice", writtenBy: "Staff" });
  expect((await manager.post("/api/admin/orders/ord_nowhere/notes", { text: "x" })).status).toBe(404);
  expect(JSON.stringify(await shop.order(placed))).not.toContain("twice");

  for (const text of ["Called again", "Is happy"]) {
    await shop.clock.advance(MINUTE);
    await manager.read(manager.post(`${path}/notes`, { text }), 201);
  }
  const notes = (query: string) =>
    manager.read<{ items: { text: string }[]; nextCursor: string | null }>(manager.get(`${path}/notes?${query}`));
  const newest = await notes("limit=2");
  const oldest = await notes(`limit=2&cursor=${newest.nextCursor}`);
  expect([newest, oldest].map(({ items }) => items.map(({ text }) => text))).toEqual([
    ["Is happy", "Called again"],
    ["Called\ntwice"],
  ]);
  expect(oldest.nextCursor).toBeNull();

  const again = () => manager.post(`${path}/resend-confirmation`, undefined, { "Idempotency-Key": "again" });
  await manager.read(again(), 202);
  await manager.read(again(), 202);
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
    notes: [{ text: "Is happy" }, { text: "Called again" }, { text: "Called\ntwice" }],
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
  await manager.read(manager.post(resend, undefined, { "Idempotency-Key": "late" }), 202);
  expect(await shop.cancel(placed)).toBe(202);
  await shop.clock.advance(HOUR);
  expect((await shop.notifications(placed)).sort()).toEqual(["cancelled", "confirmed", "refunded"]);
});

test("an order that was cancelled has no items that are left to ship", async () => {
  const product = await shop.product(2);
  const placed = await shop.checkout(product);
  await shop.clock.advance(12_000);
  const manager = await signedIn(shop);
  const openItems = async () =>
    (await manager.read<{ openItems: object[] }>(manager.get(`/api/admin/orders/${placed.id}`))).openItems;
  expect(await openItems()).toEqual([{ productId: product, quantity: 1 }]);
  expect(await shop.cancel(placed)).toBe(202);
  expect(await openItems()).toEqual([]);
  await shop.settle();
});

test("tags label an order for operators only, and filter the list and the export", async () => {
  const product = await shop.product(5);
  const [placed, other] = [await shop.checkout(product), await shop.checkout(product)];
  await shop.settle();
  const manager = await signedIn(shop);
  const path = `/api/admin/orders/${placed.id}/tags`;
  const put = (tags: unknown, at = path) => manager.put(at, { tags });

  expect(await manager.read(put([" Fragile ", "VIP", "vip"]))).toEqual({ tags: ["fragile", "vip"] });
  expect(await manager.read(put(["vip", "gift"]))).toEqual({ tags: ["gift", "vip"] });
  expect(await manager.read(put(["a,b"]), 422)).toMatchObject({ errors: [{ path: "tags.0" }] });
  expect((await put(Array.from({ length: 21 }, (_, index) => `t${index}`))).status).toBe(422);
  expect((await put(["x"], "/api/admin/orders/ord_nowhere/tags")).status).toBe(404);

  const list = await manager.read<{ items: object[] }>(manager.get("/api/admin/orders?tag=VIP"));
  expect(list.items).toMatchObject([{ id: placed.id, tags: ["gift", "vip"] }]);
  expect((await (await manager.get("/api/admin/exports/orders.csv?tag=vip")).text()).trim().split("\r\n")).toEqual([
    expect.stringMatching(/,tags$/),
    expect.stringMatching(/,"gift; vip"$/),
  ]);
  expect(await manager.read(manager.get(`/api/admin/orders/${placed.id}`))).toMatchObject({ tags: ["gift", "vip"] });
  expect(JSON.stringify(await shop.order(placed))).not.toContain("vip");
  const { listOwnOrders } = await import("@/lib/orders/list-orders");
  await shop.sql("UPDATE orders SET user_id = $1 WHERE id IN ($2, $3)", [manager.id, placed.id, other.id]);
  const own = await listOwnOrders({ limit: 5 }, manager.id);
  expect(own.items.map(({ id }) => id).sort()).toEqual([other.id, placed.id].sort());
  expect(JSON.stringify(own)).not.toContain("vip");
});

test("an action on several orders does each or leaves it as it is, and says why", async () => {
  const product = await shop.product(5);
  const [a, b] = [await shop.checkout(product), await shop.checkout(product)];
  const declined = await shop.checkout(product, { paymentMethod: "pm_card_visa_chargeDeclined" });
  await shop.clock.advance(12_000);
  const { forEachSelected, MAX_SELECTED } = await import("@/lib/bulk");
  const { shipOrder } = await import("@/lib/shipping/ship-order");
  const { id: by } = await signedIn(shop);
  const ship = (id: string) => shipOrder(id, { carrier: "DHL", trackingNumber: "JJD-BULK" }, { by, key: "once" });
  const ids = [a.id, declined.id, "ord_nowhere", b.id, a.id];
  const first = await forEachSelected(ids, ship);
  expect(first).toEqual({
    done: [a.id, b.id],
    failed: [
      { id: declined.id, reason: expect.stringMatching(/./) },
      { id: "ord_nowhere", reason: "There is no such order." },
    ],
  });
  expect(await forEachSelected(ids, ship)).toEqual(first);
  const [count] = await shop.sql("SELECT count(*)::int AS parcels FROM shipments WHERE tracking_number = 'JJD-BULK'");
  expect(count).toEqual({ parcels: 2 });
  expect((await shop.order(declined)).status).toBe("failed");

  const broken = await forEachSelected([a.id, b.id], async (id) => {
    if (id === a.id) throw new Error("the database is gone");
  });
  expect(broken).toEqual({ done: [b.id], failed: [{ id: a.id, reason: "An error occurred. Try again." }] });
  await expect(forEachSelected([], ship)).rejects.toThrow("at least one");
  const many = Array.from({ length: MAX_SELECTED + 1 }, (_, index) => `ord_${index}`);
  await expect(forEachSelected(many, ship)).rejects.toThrow("at most 100");
  await shop.settle();
});
