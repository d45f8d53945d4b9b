import { beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { problem } from "./problem";
import { openShop } from "./shop";

const shop = openShop();
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});

const PATH = "/api/admin/coupons";
const EUR = (amount: number) => ({ amount, currency: "EUR" });

test("managers create coupons, with their own code or a random one, and list them newest first", async () => {
  const chosen = { kind: "fixed", code: "welcome-5", amount: EUR(500), minimum: EUR(2000), email: "A@B.example" };
  expect(await manager.read(manager.post(PATH, chosen), 201)).toMatchObject({
    ...{ code: "WELCOME-5", kind: "fixed", amount: EUR(500), minimum: EUR(2000), email: "a@b.example" },
  });
  const coupon = await manager.read<{ code: string }>(
    manager.post(PATH, { kind: "percent", percent: 25, expiresAt: "2026-06-01T00:00:00+02:00" }),
    201,
  );
  expect(coupon).toMatchObject({ kind: "percent", percent: 25, expiresAt: "2026-05-31T22:00:00.000Z" });
  expect(coupon.code).toMatch(/^SAVE-\w{4}-\w{4}-\w{4}$/);
  type List = { items: { code: string }[]; nextCursor: string | null };
  const first = await manager.read<List>(manager.get(`${PATH}?limit=1`));
  const second = await manager.read<List>(manager.get(`${PATH}?limit=1&cursor=${first.nextCursor}`));
  expect(new Set([...first.items, ...second.items].map(({ code }) => code))).toEqual(
    new Set(["WELCOME-5", coupon.code]),
  );
  expect(second.nextCursor).toBeNull();
});

test.each([
  [{}, "kind"],
  [{ kind: "free" }, "kind"],
  [{ kind: "percent", percent: 0 }, "percent"],
  [{ kind: "percent", percent: 101 }, "percent"],
  [{ kind: "percent", percent: 12.5 }, "percent"],
  [{ kind: "percent", percent: 10, amount: EUR(5) }, "amount"],
  [{ kind: "fixed", amount: EUR(0) }, "amount.amount"],
  [{ kind: "fixed", amount: { amount: 5, currency: "euro" } }, "amount.currency"],
  [{ kind: "fixed", amount: EUR(5), minimum: { amount: 5, currency: "USD" } }, "minimum.currency"],
  [{ kind: "percent", percent: 10, code: "a b" }, "code"],
  [{ kind: "percent", percent: 10, email: "nobody" }, "email"],
  [{ kind: "percent", percent: 10, expiresAt: "tomorrow" }, "expiresAt"],
  [{ kind: "percent", percent: 10, expiresAt: "2020-01-01T00:00:00Z" }, "expiresAt"],
])("%j is refused, naming the field", async (body, field) => {
  expect(await problem(await manager.post(PATH, body))).toMatchObject({ status: 422, fields: [field] });
});

test("only managers may create coupons; invalid ones are refused", async () => {
  const body = { kind: "percent", percent: 10, code: "TWICE-1" };
  expect((await manager.post(PATH, body)).status).toBe(201);
  expect(await problem(await manager.post(PATH, body))).toEqual({
    status: 409,
    code: "coupon_exists",
    fields: ["code"],
  });
  expect(await problem(await manager.get(`${PATH}?cursor=x`))).toMatchObject({ status: 422, fields: ["cursor"] });
  expect(await problem(await shop.post(PATH, body))).toMatchObject({ status: 401 });
  expect(await problem(await fetch(`${shop.app}${PATH}`))).toMatchObject({ status: 401 });
  const customer = await signedIn(shop, "customer");
  expect(await problem(await customer.post(PATH, body))).toMatchObject({ status: 403 });
  expect(await problem(await customer.get(PATH))).toMatchObject({ status: 403 });
});

test("a deactivated coupon is refused at the checkout, and listed as such", async () => {
  expect((await manager.post(PATH, { kind: "percent", percent: 10, code: "ENDED-1" })).status).toBe(201);
  const coupon = await manager.read<object>(manager.post(`${PATH}/ended-1/deactivate`));
  expect(coupon).toMatchObject({ code: "ENDED-1", deactivatedAt: expect.any(String) });
  expect((await manager.post(`${PATH}/NONE-1/deactivate`)).status).toBe(404);
  const order = {
    ...{ items: [{ productId: await shop.product(1), quantity: 1 }], email: "late@customers.example" },
    ...{ paymentMethod: "pm_card_visa", couponCode: "ENDED-1" },
  };
  expect(await problem(await shop.post("/api/checkout", order))).toMatchObject({ status: 422, fields: ["couponCode"] });
  const list = async (status: string) =>
    (await manager.read<{ items: { code: string }[] }>(manager.get(`${PATH}?status=${status}`))).items;
  expect((await list("deactivated")).map(({ code }) => code)).toEqual(["ENDED-1"]);
  expect((await list("usable")).map(({ code }) => code)).not.toContain("ENDED-1");
});
