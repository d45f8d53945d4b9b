import { afterEach, expect, test } from "vitest";
import { signedIn } from "./operator";
import { audit, openShop } from "./shop";

/** The amounts of IDR have up to twelve digits at Stripe (docs.stripe.com/currencies, "Minimum and maximum charge amounts"). */
const shop = openShop();
afterEach(audit);

const HIGHEST = 999_999_999_999;

test("an order of twelve digits in IDR is paid, found by its total, exported, refunded in parts and reported", async () => {
  const manager = await signedIn(shop);
  const price = { amount: HIGHEST - 1, currency: "IDR" };
  const product = { sku: "VILLA", name: "Villa", price, stock: 3 };
  const { id } = await manager.read<{ id: string }>(manager.post("/api/admin/products", product), 201);
  const tooMuch = { items: [{ productId: id, quantity: 2 }], email: "a@b.example", paymentMethod: "pm_card_visa" };
  expect((await shop.post("/api/checkout", tooMuch)).status).toBe(422);
  const placed = await shop.checkout(id, { expectedTotal: price });
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed", total: price });
  expect(await shop.money(placed.id)).toEqual({ collected: price.amount, succeeded: 1, refunds: 0, open: 0 });

  const rows = async (filter: string) =>
    (await (await manager.get(`/api/admin/exports/orders.csv?${filter}`)).text()).trim().split("\r\n").slice(1);
  expect(await rows("min=9999999999.98&max=9999999999.98")).toEqual([
    expect.stringContaining(",IDR,9999999999.98,0.00,,9999999999.98,0.00,"),
  ]);
  expect(await rows("min=9999999999.99")).toEqual([]);

  const refund = (amount: number) =>
    manager.post(
      `/api/admin/orders/${placed.id}/refund`,
      { amount, reason: "Part" },
      { "idempotency-key": `part-${amount}` },
    );
  expect((await refund(500_000_000_000)).status).toBe(201);
  expect(await shop.finish(placed)).toMatchObject({ refunds: [{ amount: { amount: 500_000_000_000 } }] });
  expect((await refund(499_999_999_999)).status).toBe(409);
  expect((await refund(499_999_999_998)).status).toBe(201);
  expect(await shop.finish(placed)).toMatchObject({ status: "refunded" });
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 1, refunds: 2, open: 0 });
});

test("the products of a shop are sorted by prices of twelve digits, page by page", async () => {
  const manager = await signedIn(shop);
  const prices = [HIGHEST, 3_000_000_000, 2_147_483_648];
  for (const amount of prices) {
    const product = { sku: `LAND-${amount}`, name: "Land", price: { amount, currency: "IDR" }, stock: 1 };
    expect((await manager.post("/api/admin/products", product)).status).toBe(201);
  }
  const found: number[] = [];
  let cursor = "";
  do {
    const page = await manager.read<{ items: { sku: string; price: { amount: number } }[]; nextCursor?: string }>(
      manager.get(`/api/products?sort=-price&limit=1${cursor}`),
    );
    found.push(...page.items.filter(({ sku }) => sku.startsWith("LAND-")).map(({ price }) => price.amount));
    cursor = page.nextCursor ? `&cursor=${encodeURIComponent(page.nextCursor)}` : "";
  } while (cursor);
  expect(found).toEqual(prices);
});
