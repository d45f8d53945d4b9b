import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { problem } from "./problem";
import { audit, openShop, SECOND } from "./shop";

/** An order that was placed while signed in is its customer's, without the token of its link. */
const shop = openShop();
let [owner, other, manager]: Operator[] = [];
beforeAll(async () => {
  owner = await signedIn(shop, "customer");
  other = await signedIn(shop, "customer");
  manager = await signedIn(shop, "manager");
});
afterEach(audit);

const known = (who: Operator | undefined) => who ?? expect.fail();

async function place(who = owner): Promise<{ id: string; token: string }> {
  const items = [{ productId: await shop.product(1), quantity: 1 }];
  const body = { items, email: known(who).email, paymentMethod: "pm_card_visa" };
  const answer = known(who).post("/api/checkout", body);
  const { order } = await known(who).read<{ order: { id: string; token: string } }>(answer, 201);
  await shop.settle();
  return order;
}

test("the owner sees and cancels an order without a token; nobody else does", async () => {
  const { id } = await place();
  const path = `/api/orders/${id}`;
  expect(await known(owner).read(known(owner).get(path))).toMatchObject({ id, status: "confirmed" });
  expect(await problem(await fetch(`${shop.app}${path}`))).toMatchObject({ status: 401 });
  expect(await problem(await shop.post(`${path}/cancel`))).toMatchObject({ status: 401 });
  expect(await problem(await known(other).get(path))).toMatchObject({ status: 404 });
  expect(await problem(await known(other).post(`${path}/cancel`))).toMatchObject({ status: 404 });
  expect(await problem(await known(owner).get(`${path}?token=wrong`))).toMatchObject({ status: 404 });
  expect(await problem(await known(owner).get("/api/orders/ord_none"))).toMatchObject({ status: 404 });
  expect(await known(owner).read(known(owner).post(`${path}/cancel`), 202)).toMatchObject({
    status: "cancelled",
    failureReason: "customer",
  });
  await shop.settle();
});

test("a manager sees and cancels any order, on the shop's behalf", async () => {
  const { id } = await place();
  expect(await known(manager).read(known(manager).get(`/api/orders/${id}`))).toMatchObject({ id });
  expect(await known(manager).read(known(manager).post(`/api/orders/${id}/cancel`), 202)).toMatchObject({
    status: "cancelled",
    failureReason: "operator",
  });
  await shop.settle();
});

test("the list holds the customer's own orders, newest first, page by page", async () => {
  const customer = await signedIn(shop, "customer");
  const placed: string[] = [];
  for (let i = 0; i < 3; i++) {
    placed.unshift((await place(customer)).id);
    await shop.clock.advance(SECOND);
  }
  type List = { items: { id: string; total: unknown }[]; nextCursor: string | null };
  const first = await customer.read<List>(customer.get("/api/account/orders?limit=2"));
  const second = await customer.read<List>(customer.get(`/api/account/orders?limit=2&cursor=${first.nextCursor}`));
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(placed);
  expect(first.items[0]).toMatchObject({ status: "confirmed", total: { amount: 2500, currency: "EUR" } });
  expect(second.nextCursor).toBeNull();
  expect((await known(other).read<List>(known(other).get("/api/account/orders"))).items).toEqual([]);
  expect(await problem(await fetch(`${shop.app}/api/account/orders`))).toMatchObject({ status: 401 });
  for (const query of ["limit=0", "cursor=x", "status=lost"]) {
    const refused = await problem(await customer.get(`/api/account/orders?${query}`));
    expect(refused).toMatchObject({ status: 422, fields: [query.split("=")[0]] });
  }
});
