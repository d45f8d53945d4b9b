import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { audit, MINUTE, openShop, type Placed } from "./shop";

const shop = openShop();
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(audit);

interface Shipped {
  orderId: string;
  status: string;
  shipment: { id: string; trackingNumber: string };
}
interface Parcels {
  complete: boolean;
  carrier: string;
  trackingNumber: string;
  trackingUrl?: string;
  parcels: { items: { productId: string; quantity: number }[]; deliveredAt?: string }[];
}

const parcel = (trackingNumber: string, more = {}) => ({ carrier: "DHL", trackingNumber, ...more });
const ship = (placed: Placed, body: unknown, headers?: Record<string, string>) =>
  manager.post(`/api/admin/orders/${placed.id}/ship`, body, headers);
const deliver = (placed: Placed, body = {}) => manager.post(`/api/admin/orders/${placed.id}/deliver`, body);
const view = async (placed: Placed) => {
  const order = await shop.order(placed);
  return { ...order, shipment: (order as { shipment?: Parcels }).shipment };
};
const types = async (placed: Placed) => (await shop.order(placed)).timeline.map(({ type }) => type).slice(4);

async function confirmed(lines: [product: string, quantity: number][], more = {}): Promise<Placed> {
  const items = lines.map(([productId, quantity]) => ({ productId, quantity }));
  const placed = await shop.checkout(items[0]?.productId ?? "", { items, ...more });
  await shop.clock.advance(MINUTE);
  expect(await shop.order(placed)).toMatchObject({ status: "confirmed" });
  return placed;
}
const recorded = async (channel: string, to: string) => {
  const response = await fetch(`${shop.mailbox}/outbox?channel=${channel}&to=${encodeURIComponent(to)}`);
  return ((await response.json()) as { items: { body: Record<string, unknown> }[] }).items.map(({ body }) => body);
};

test("an order that is shipped and delivered before its confirmation is sent gets its confirmation", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.settle();
  expect((await ship(placed, parcel("JJD0"))).status).toBe(201);
  expect((await deliver(placed)).status).toBe(200);
  await shop.finish(placed);
  const subjects = (await shop.emails(placed.email)).map(({ subject }) => subject);
  expect(subjects.filter((subject) => /is confirmed/.test(subject))).toHaveLength(1);
});

test("one shipment with everything: shipped, notified once on each channel, then delivered", async () => {
  const placed = await confirmed([[await shop.product(5), 2]], { phone: "+49 30 123456", name: "Ann" });
  const { status, shipment } = await manager.read<Shipped>(ship(placed, parcel("JD01")), 201);
  expect(status).toBe("shipped");
  await shop.settle();
  const order = await view(placed);
  expect(order).toMatchObject({
    status: "shipped",
    shipment: { complete: true, carrier: "DHL", trackingNumber: "JD01" },
  });
  expect(order.shipment?.trackingUrl).toMatch(/^https:\/\/www\.dhl\.com\/.*JD01$/);
  const emails = (await shop.emails(placed.email)).filter(({ subject }) => /is on its way/.test(subject));
  expect(emails).toHaveLength(1);
  expect(emails[0]?.text).toContain("JD01");
  expect(await recorded("sms", "+4930123456")).toMatchObject([{ body: expect.stringContaining("JD01") }]);
  expect(await recorded("push", placed.email)).toMatchObject([{ title: expect.stringContaining("is on its way") }]);
  const crm = await shop.sql("SELECT status, provider FROM messages WHERE channel = 'crm' AND entity_id = $1", [
    shipment.id,
  ]);
  expect(crm).toEqual([{ status: "sent", provider: "outbox" }]);

  expect(await manager.read(deliver(placed))).toMatchObject({ status: "delivered", inTransit: 0 });
  expect(await manager.read(deliver(placed))).toMatchObject({ status: "delivered", inTransit: 0 });
  expect(await types(placed)).toEqual(["order_shipped", "parcel_delivered", "order_delivered"]);
  await shop.settle();
  expect((await shop.notifications(placed)).filter((subject) => /has arrived/.test(subject))).toHaveLength(1);
});

test("two shipments: shipped with the second, never more than was ordered, delivered with the last arrival", async () => {
  const [a, b] = [await shop.product(5), await shop.product(5)];
  const placed = await confirmed([
    [a, 3],
    [b, 1],
  ]);
  const first = parcel("P1", { items: [{ productId: a, quantity: 2 }] });
  expect(await manager.read(ship(placed, first), 201)).toMatchObject({ status: "confirmed" });
  expect(await view(placed)).toMatchObject({ status: "confirmed", cancellable: true, shipment: { complete: false } });
  for (const [items, path] of [
    [[{ productId: a, quantity: 2 }], "items.0.quantity"],
    [[{ productId: "prod_other", quantity: 1 }], "items.0.productId"],
  ] as const)
    expect(await manager.read(ship(placed, parcel("P2", { items })), 422)).toMatchObject({ errors: [{ path }] });
  expect(await manager.read(ship(placed, parcel("P2")), 201)).toMatchObject({
    status: "shipped",
    shipment: {
      items: [
        { productId: a, quantity: 1 },
        { productId: b, quantity: 1 },
      ],
    },
  });
  expect(await manager.read(deliver(placed, { trackingNumber: "P2" }))).toMatchObject({
    status: "shipped",
    inTransit: 1,
  });
  await shop.settle();
  expect(await shop.notifications(placed)).not.toContainEqual(expect.stringMatching(/has arrived/));
  expect(await manager.read(deliver(placed, { trackingNumber: "P1" }))).toMatchObject({ status: "delivered" });
  await shop.settle();
  expect(await shop.notifications(placed)).toContainEqual(expect.stringMatching(/has arrived/));
  const notifications = (await shop.emails(placed.email))
    .map(({ subject }) => subject)
    .filter((s) => s.includes("on its way"));
  expect(notifications.map((subject) => subject.split(" ")[0]).sort()).toEqual(["A", "Order"]);
});

test("the same shipment twice, by key or by tracking number, at once or later, is one shipment", async () => {
  const placed = await confirmed([[await shop.product(5), 2]]);
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => ship(placed, parcel("T1"), { "idempotency-key": "k" })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201]);
  const [first, ...others] = await Promise.all(answers.map((answer) => answer.json()));
  for (const other of others) expect(other).toEqual(first);
  expect((await ship(placed, parcel("T1"))).status).toBe(200);
  expect(await manager.read(ship(placed, parcel("T2"), { "idempotency-key": "k" }), 409)).toMatchObject({
    code: "idempotency_key_reused",
  });
  expect(await manager.read(ship(placed, parcel("T2")), 409)).toMatchObject({ code: "order_not_shippable" });
  const other = parcel("T1", { items: [{ productId: "prod_001", quantity: 1 }] });
  expect(await manager.read(ship(placed, other), 409)).toMatchObject({ code: "tracking_number_used" });
  expect((await view(placed)).shipment?.parcels).toHaveLength(1);
});

test("two shipments of the rest at once: one succeeds", async () => {
  const product = await shop.product(5);
  const placed = await confirmed([[product, 2]]);
  const items = [{ productId: product, quantity: 2 }];
  const answers = await Promise.all(["A", "B"].map((number) => ship(placed, parcel(number, { items }))));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
});

test("cancelling and shipping at once: one of them happens", async () => {
  const placed = await confirmed([[await shop.product(5), 1]]);
  const [cancelled, shipped] = await Promise.all([shop.cancel(placed), ship(placed, parcel("X"))]);
  expect([202, 409]).toContain(cancelled);
  expect(shipped.status).toBe(cancelled === 202 ? 409 : 201);
  await shop.finish(placed);
});

test("only a confirmed order, only by a manager, only with valid fields", async () => {
  const placed = await shop.checkout(await shop.product(1), { paymentMethod: "pm_card_visa_chargeDeclined" });
  await shop.clock.advance(MINUTE);
  expect(await manager.read(ship(placed, parcel("N")), 409)).toMatchObject({ code: "order_not_shippable" });
  expect(await manager.read(deliver(placed), 409)).toMatchObject({ code: "order_not_shipped" });
  expect((await manager.post("/api/admin/orders/ord_none/ship", parcel("N"))).status).toBe(404);
  expect((await shop.post(`/api/admin/orders/${placed.id}/ship`, parcel("N"))).status).toBe(401);
  const customer = await signedIn(shop, "customer");
  expect((await customer.post(`/api/admin/orders/${placed.id}/ship`, parcel("N"))).status).toBe(403);
  for (const [body, path] of [
    [{ carrier: "DHL" }, "trackingNumber"],
    [parcel("\u0000"), "trackingNumber"],
    [parcel("N", { items: [] }), "items"],
    [parcel("N", { items: [{ productId: "a", quantity: 0 }] }), "items.0.quantity"],
    [parcel("N", { weight: 1 }), "weight"],
  ] as const)
    expect(await manager.read(ship(placed, body), 422)).toMatchObject({ errors: [{ path }] });
});
