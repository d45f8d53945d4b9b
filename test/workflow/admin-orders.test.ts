import { afterEach, expect, test } from "vitest";
import { signedIn } from "./operator";
import { audit, openShop } from "./shop";

const shop = openShop();
afterEach(audit);

interface Listed {
  items: { id: string; status: string; email: string }[];
  nextCursor: string | null;
}

test("orders are listed for managers, newest first, page by page, by state and by customer", async () => {
  const product = await shop.product(10);
  const placed = [];
  for (let i = 0; i < 3; i++) {
    placed.push(await shop.checkout(product));
    await shop.clock.advance(12_000);
  }
  const declined = await shop.checkout(product, { paymentMethod: "pm_card_visa_chargeDeclined" });
  await shop.settle();
  const manager = await signedIn(shop);
  const list = async (query: string): Promise<Listed> => (await manager.get(`/api/admin/orders?${query}`)).json();

  const first = await list("limit=2");
  expect(first.items.map(({ id }) => id)).toEqual([declined.id, placed[2]?.id]);
  const second = await list(`limit=2&cursor=${first.nextCursor}`);
  expect(second).toMatchObject({ items: [{ id: placed[1]?.id }, { id: placed[0]?.id }], nextCursor: null });
  expect((await list("status=failed")).items.map(({ id }) => id)).toEqual([declined.id]);
  expect((await list(`q=${encodeURIComponent(placed[0]?.email ?? "")}`)).items.map(({ id }) => id)).toEqual([
    placed[0]?.id,
  ]);
  expect((await list("q=%25")).items).toEqual([]);
  expect((await manager.get("/api/admin/orders?status=lost")).status).toBe(422);
  expect((await manager.get("/api/admin/orders?cursor=abc")).status).toBe(422);
});

test("an order is shown in full: payments, emails and the page of its run", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(12_000);
  const manager = await signedIn(shop);
  const order = await (await manager.get(`/api/admin/orders/${placed.id}`)).json();
  expect(order).toMatchObject({
    status: "confirmed",
    customer: { email: placed.email },
    payments: [{ attempt: 1, status: "succeeded", captured: { amount: 2500, currency: "EUR" } }],
    emails: [{ kind: "order_confirmed", status: "sent" }],
  });
  expect(await (await fetch(order.runUrl)).text()).toContain("Process an order");
  expect((await manager.get("/api/admin/orders/ord_nowhere")).status).toBe(404);
});

test("emails are listed with their status, by recipient", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(12_000);
  const manager = await signedIn(shop);
  const { items } = await (
    await manager.get(`/api/admin/emails?to=${encodeURIComponent(placed.email.toUpperCase())}`)
  ).json();
  expect(items).toMatchObject([
    { kind: "order_confirmed", to: placed.email, status: "sent", lastEvent: "email.delivered" },
  ]);
  expect((await manager.get("/api/admin/emails?limit=0")).status).toBe(422);
});

test("a customer and a stranger get no list", async () => {
  const customer = await signedIn(shop, "customer");
  for (const path of ["/api/admin/orders", "/api/admin/orders/ord_nowhere", "/api/admin/emails"]) {
    expect((await fetch(`${shop.app}${path}`)).status).toBe(401);
    expect((await customer.get(path)).status).toBe(403);
  }
});
