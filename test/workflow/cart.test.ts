import { beforeAll, describe, expect, test } from "vitest";
import { MINUTE, openShop } from "./shop";

/** The cart of the shop's pages, which is a row in the database. */
const shop = openShop({ only: ["cleanup-old-data"] });
let carts: typeof import("@/lib/checkout/cart");
beforeAll(async () => {
  carts = await import("@/lib/checkout/cart");
});

const quantities = async (id: string) => (await carts.findCart(id))?.map(({ quantity }) => quantity);
const refused = (fields: string[]) => ({
  status: 422,
  errors: fields.map((path) => expect.objectContaining({ path })),
});

test("a hundred products fit into a cart, and the next one is refused with a message", async () => {
  let id: string | undefined;
  for (let i = 0; i < 100; i++) id = await carts.addToCart(id, { productId: await shop.product(1), quantity: 1 });
  expect(await quantities(id ?? "")).toHaveLength(100);
  const more = carts.addToCart(id, { productId: await shop.product(1), quantity: 1 });
  await expect(more).rejects.toMatchObject(refused(["productId"]));
});

test("two tabs that add at the same moment: both count, and more than a thousand is refused", async () => {
  const productId = await shop.product(1);
  const id = await carts.addToCart(undefined, { productId, quantity: 1 });
  await Promise.all(Array.from({ length: 5 }, () => carts.addToCart(id, { productId, quantity: 2 })));
  expect(await quantities(id)).toEqual([11]);
  await expect(carts.addToCart(id, { productId, quantity: 990 })).rejects.toMatchObject(refused(["quantity"]));
  expect(await quantities(id)).toEqual([11]);
});

test("a visitor cannot choose the id of a cart, and a product that is not on sale is refused", async () => {
  const productId = await shop.product(1);
  const chosen = "A".repeat(32);
  const id = await carts.addToCart(chosen, { productId, quantity: 1 });
  expect(id).not.toBe(chosen);
  expect(carts.isCartId(id)).toBe(true);
  expect(await carts.findCart(chosen)).toBeUndefined();
  const gone = carts.addToCart(id, { productId: "prod_none", quantity: 1 });
  await expect(gone).rejects.toMatchObject(refused(["productId"]));
});

describe("typed quantities", () => {
  test.each(["1.5", "abc", "", " ", "-1", "1e2", "0x10", "1001", "99999999999999999999", "NaN", "１"])(
    "%j is an error that names the quantity",
    (quantity) => {
      for (const schema of [carts.addToCartSchema, carts.changeCartSchema]) {
        const result = schema.safeParse({ productId: "prod_1", quantity });
        expect(result.error?.issues.map(({ path }) => path)).toEqual([["quantity"]]);
      }
    },
  );

  test("a quantity that is missing, repeated or a file is an error too", () => {
    for (const quantity of [undefined, ["1"], new File([], "1")])
      expect(carts.changeCartSchema.safeParse({ productId: "prod_1", quantity }).success).toBe(false);
  });

  test("zero removes a line, and an empty field leaves it", async () => {
    const productId = await shop.product(1);
    const id = await carts.addToCart(undefined, { productId, quantity: 3 });
    expect(carts.changeCartSchema.safeParse({ productId, quantity: "" }).success).toBe(false);
    expect(await quantities(id)).toEqual([3]);
    await carts.changeCart(id, carts.changeCartSchema.parse({ productId, quantity: "0" }));
    expect(await quantities(id)).toEqual([]);
  });
});

test.each(["", "[]", "%E0%A4%A", "a\0b", "'; DROP TABLE carts; --", "x".repeat(31), "x".repeat(5_000)])(
  "the broken cookie %j names no cart",
  (cookie) => {
    expect(carts.isCartId(cookie)).toBe(false);
  },
);

test("two currencies are never added up", async () => {
  const [euros, dollars] = [await shop.product(1, 1_000), await shop.product(1, 500)];
  await shop.sql("UPDATE products SET currency = 'USD' WHERE id = $1", [dollars]);
  const id = await carts.addToCart(undefined, { productId: euros, quantity: 2 });
  await carts.addToCart(id, { productId: dollars, quantity: 1 });
  expect(carts.totalsOf((await carts.findCart(id)) ?? [])).toEqual([
    { amount: 2_000, currency: "EUR" },
    { amount: 500, currency: "USD" },
  ]);
});

test("what was bought leaves the cart; what was raised or added meanwhile stays", async () => {
  const [bought, raised, added] = [await shop.product(1), await shop.product(1), await shop.product(1)];
  const id = await carts.addToCart(undefined, { productId: bought, quantity: 1 });
  await carts.addToCart(id, { productId: raised, quantity: 3 });
  await carts.addToCart(id, { productId: added, quantity: 1 });
  await carts.removeBought(id, [
    { productId: bought, quantity: 1 },
    { productId: raised, quantity: 1 },
  ]);
  expect((await carts.findCart(id))?.map(({ productId }) => productId)).toEqual([raised, added]);
});

test("a cart is deleted a month after its last change", async () => {
  const id = await carts.addToCart(undefined, { productId: await shop.product(1), quantity: 1 });
  await shop.clock.advance(38 * 24 * 60 * MINUTE);
  expect(await carts.findCart(id)).toBeUndefined();
});
