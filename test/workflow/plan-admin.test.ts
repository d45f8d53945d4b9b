import { beforeAll, expect, test } from "vitest";
import { BILLING_FUNCTIONS, newSubscriber } from "./billing-shop";
import { type Operator, signedIn } from "./operator";
import { problem } from "./problem";
import { openShop } from "./shop";

const shop = openShop({ only: BILLING_FUNCTIONS });
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});

const PATH = "/api/admin/plans";
const EUR = (amount: number) => ({ amount, currency: "EUR" });
const MONTHLY = { name: "Basic", price: EUR(500), interval: "month" };

interface Plan {
  id: string;
  active: boolean;
  subscribers: number;
}
const create = (body: object) => manager.read<Plan>(manager.post(PATH, body), 201);
const listed = async (query = "?limit=100") =>
  (await manager.read<{ items: Plan[] }>(manager.get(`${PATH}${query}`))).items;
const onSale = async () => {
  const { items } = (await (await fetch(`${shop.app}/api/plans`)).json()) as { items: { id: string }[] };
  return items.map(({ id }) => id);
};

test("managers create plans, with their own id or a random one, and list them newest first", async () => {
  const chosen = { id: "plan_basic_year", name: " Basic, yearly ", description: "A year.", price: EUR(5_000) };
  expect(await create({ ...chosen, interval: "year" })).toEqual({
    ...{ id: "plan_basic_year", name: "Basic, yearly", description: "A year.", price: EUR(5_000), interval: "year" },
    ...{ active: true, subscribers: 0, createdAt: expect.any(String) },
  });
  await shop.clock.advance(1_000);
  const { id } = await create(MONTHLY);
  expect(id).toMatch(/^plan_\w{10,}$/);
  expect((await listed()).map((plan) => plan.id).slice(0, 2)).toEqual([id, "plan_basic_year"]);
  const first = await manager.read<{ items: Plan[]; nextCursor: string }>(manager.get(`${PATH}?limit=1`));
  expect((await listed(`?limit=1&cursor=${first.nextCursor}`)).map((plan) => plan.id)).toEqual(["plan_basic_year"]);
  expect(await onSale()).toEqual(expect.arrayContaining([id, "plan_basic_year"]));
  expect(await shop.sql("SELECT created_by AS by FROM plans WHERE id = $1", [id])).toEqual([{ by: manager.id }]);
});

test("customers see the cheapest plan of each currency first, and amounts of two currencies are not compared", async () => {
  const { id: dear } = await create({ ...MONTHLY, price: EUR(90_000) });
  const { id: yen } = await create({ ...MONTHLY, price: { amount: 600, currency: "JPY" } });
  const { id: cheap } = await create({ ...MONTHLY, price: EUR(550) });
  const plans = await onSale();
  expect(plans.filter((id) => [dear, yen, cheap].includes(id))).toEqual([cheap, dear, yen]);
});

test("a deactivated plan takes no new subscribers, and those that it has are charged as before", async () => {
  const { id } = await create(MONTHLY);
  const subscriber = await newSubscriber(shop);
  expect((await subscriber.subscribe("pm_card_visa", id)).status).toBe(201);
  await shop.settle();
  const change = async (body: object) => manager.read<Plan>(manager.patch(`${PATH}/${id}`, body));
  expect(await change({ active: false })).toMatchObject({ id, active: false, subscribers: 1 });
  expect(await onSale()).not.toContain(id);
  expect((await listed("?status=active")).map((plan) => plan.id)).not.toContain(id);
  expect((await listed("?status=inactive")).map((plan) => plan.id)).toEqual([id]);
  const late = await newSubscriber(shop);
  expect(await problem(await late.subscribe("pm_card_visa", id))).toMatchObject({ status: 422, fields: ["planId"] });

  expect(await subscriber.view()).toMatchObject({ status: "active", plan: { id, name: "Basic" }, price: EUR(500) });
  await subscriber.toRenewal();
  shop.runCron("billing-cycle");
  await shop.settle();
  expect(await subscriber.money()).toEqual({ collected: 1_000, succeeded: 2, open: 0 });
  // Who has cancelled, and comes back before the end of the paid period, has not left.
  expect(await subscriber.cancel()).toBe(200);
  expect((await subscriber.subscribe("pm_card_visa", id)).status).toBe(201);
  expect(await subscriber.view()).toMatchObject({ cancelAtPeriodEnd: false });

  expect(await change({ active: true, name: "Basic again" })).toMatchObject({ active: true, name: "Basic again" });
  expect(await onSale()).toContain(id);
  expect((await late.subscribe("pm_card_visa", id)).status).toBe(201);
  await shop.settle();
  expect((await listed()).find((plan) => plan.id === id)).toMatchObject({ subscribers: 2 });
  expect(await shop.sql("SELECT updated_by AS by FROM plans WHERE id = $1", [id])).toEqual([{ by: manager.id }]);
});

test.each([
  [{ ...MONTHLY, name: " " }, "name"],
  [{ ...MONTHLY, name: "a\u0000b" }, "name"],
  [{ ...MONTHLY, description: "a\nb" }, "description"],
  [{ ...MONTHLY, interval: "week" }, "interval"],
  [{ ...MONTHLY, id: "Basic" }, "id"],
  [{ ...MONTHLY, price: EUR(0) }, "price.amount"],
  // Stripe charges no less than 50 cents.
  [{ ...MONTHLY, price: EUR(49) }, "price.amount"],
  [{ ...MONTHLY, price: { amount: 150_050, currency: "ISK" } }, "price.amount"],
  [{ ...MONTHLY, price: EUR(100_000_000) }, "price.amount"],
  [{ ...MONTHLY, price: { amount: 500, currency: "euro" } }, "price.currency"],
])("%j is refused, naming the field", async (body, field) => {
  expect(await problem(await manager.post(PATH, body))).toMatchObject({ status: 422, fields: [field] });
});

test("a plan has one id and one price; only managers change it", async () => {
  const body = { ...MONTHLY, id: "plan_once" };
  await create(body);
  expect(await problem(await manager.post(PATH, body))).toEqual({ status: 409, code: "plan_exists", fields: ["id"] });
  const change = (who: Operator, id: string, body: object) => who.patch(`${PATH}/${id}`, body);
  expect(await problem(await change(manager, "plan_once", { price: EUR(1) }))).toMatchObject({ fields: ["price"] });
  expect(await problem(await change(manager, "plan_once", { interval: "year" }))).toMatchObject({
    fields: ["interval"],
  });
  expect((await change(manager, "plan_none", { active: false })).status).toBe(404);
  const customer = await signedIn(shop, "customer");
  expect((await change(customer, "plan_once", { active: false })).status).toBe(403);
  expect(await onSale()).toContain("plan_once");
});

test("a manager cancels the subscription of a customer who asks for it: it runs to the end of the paid period, one email and one note say so", async () => {
  const user = await newSubscriber(shop);
  const path = `/api/admin/customers/${user.id}`;
  const cancel = () => manager.remove(`${path}/subscription`);
  for (const refused of [cancel(), manager.remove("/api/admin/customers/usr_nowhere/subscription")])
    expect(await problem(await refused)).toMatchObject({ status: 404, code: "not_found" });
  expect((await user.remove(`${path}/subscription`)).status).toBe(403);
  await user.subscribe();
  await shop.settle();
  for (let twice = 0; twice < 2; twice++)
    expect(await manager.read(cancel())).toMatchObject({ subscription: { status: "active", cancelAtPeriodEnd: true } });
  expect(await manager.read(manager.get(`${path}/subscription`))).toMatchObject({
    subscription: { cancelAtPeriodEnd: true },
  });
  await shop.clock.advance(60_000);
  expect((await user.subjects()).filter((subject) => /ends on/.test(subject))).toHaveLength(1);
  expect(await shop.sql("SELECT written_by, text FROM notes WHERE user_id = $1", [user.id])).toEqual([
    { written_by: manager.id, text: "Cancelled the subscription, because the customer asked for it." },
  ]);
  expect(await user.money()).toEqual({ collected: 900, succeeded: 1, open: 0 });
});

test("a subscription whose first period is not paid ends at once when a manager cancels it", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe("pm_card_chargeCustomerFail");
  await shop.settle();
  const path = `/api/admin/customers/${user.id}/subscription`;
  expect(await manager.read(manager.remove(path))).toMatchObject({ subscription: { status: "cancelled" } });
  await shop.settle();
  expect(await user.money()).toEqual({ collected: 0, succeeded: 0, open: 0 });
});
