import { afterEach, expect, test } from "vitest";
import { signedIn } from "./operator";
import { audit, MINUTE, openShop } from "./shop";

/** The console's view of products: search, thresholds, history, and the alert of low stock. */
const shop = openShop({ only: ["process-order", "reconcile"] });
afterEach(audit);

const alerts = () =>
  shop.sql<{ subject: string; open: boolean }>(
    "SELECT subject, resolved_at IS NULL AS open FROM alerts WHERE kind = 'low_stock' ORDER BY created_at",
  );

test("stock that falls to its threshold raises one alert, which ends when the stock has risen; the history names who and why", async () => {
  const manager = await signedIn(shop);
  const lamp = { sku: "LAMP-9", name: "Reading lamp", price: { amount: 4_900, currency: "EUR" }, stock: 9 };
  const { id } = await manager.read<{ id: string }>(manager.post("/api/admin/products", lamp), 201);
  const path = `/api/admin/products/${id}`;
  await shop.clock.advance(11 * MINUTE);
  expect(await alerts()).toEqual([]);

  expect(await manager.read(manager.patch(path, { lowStock: 8 }))).toMatchObject({ lowStock: 8 });
  await shop.checkout(id);
  await shop.settle();
  await shop.clock.advance(21 * MINUTE);
  expect(await alerts()).toEqual([{ subject: "Low stock: Reading lamp (LAMP-9), 8 available", open: true }]);
  const low = await manager.read<{ items: { id: string }[] }>(manager.get("/api/admin/products?stock=low&q=reading"));
  expect(low.items.map((product) => product.id)).toEqual([id]);

  await manager.read(manager.post(`${path}/stock`, { delta: 5, reason: "Delivery 17" }), 201);
  await shop.clock.advance(11 * MINUTE);
  expect(await alerts()).toMatchObject([{ open: false }]);
  expect(await manager.read(manager.get(`${path}/stock`))).toMatchObject({
    items: [
      { delta: 5, reason: "Delivery 17", by: "Staff", available: 13 },
      { delta: 9, reason: "initial stock", by: "Staff", available: 9 },
    ],
    nextCursor: null,
  });
  const { findProducts, productTableSchema } = await import("@/lib/catalogue/manage-products");
  expect(await findProducts(productTableSchema.parse({ q: "lamp-9", show: "low" }))).toMatchObject({ total: 0 });
  expect(await findProducts(productTableSchema.parse({ q: "lamp-9" }))).toMatchObject({ total: 1, page: 1 });

  // The delivery was another product's. The stock is as it was before it.
  await manager.read(manager.post(`${path}/stock`, { delta: -5, reason: "Delivery 17 was of desk lamps" }), 201);
  await shop.clock.advance(31 * MINUTE);
  expect((await alerts()).map(({ open }) => open)).toEqual([false, true]);
});

test("the shop shows that few are left at the product's own threshold, else at the default one", async () => {
  const manager = await signedIn(shop);
  const { StockNote } = await import("@/app/(store)/stock-note");
  const { renderToStaticMarkup } = await import("react-dom/server");
  const clock = { sku: "CLOCK-7", name: "Alarm clock", price: { amount: 2_900, currency: "EUR" }, stock: 6 };
  const { id } = await manager.read<{ id: string }>(manager.post("/api/admin/products", clock), 201);
  type View = { available: number; low: boolean };
  /** The note of the product: as its page, the list and a search have it. */
  const notes = async () => {
    const lists = ["/api/products?limit=100", "/api/products?q=alarm+clock"].map(async (path) => {
      const { items } = await manager.read<{ items: (View & { id: string })[] }>(manager.get(path));
      return items.find((item) => item.id === id) ?? expect.fail(`not in ${path}`);
    });
    const views = await Promise.all([manager.read<View>(manager.get(`/api/products/${id}`)), ...lists]);
    return [...new Set(views.map((view) => renderToStaticMarkup(StockNote(view)).replace(/<[^>]+>/g, "")))];
  };
  expect(await notes()).toEqual(["In stock"]);
  await manager.read(manager.patch(`/api/admin/products/${id}`, { lowStock: 6 }));
  expect(await notes()).toEqual(["Only 6 left"]);
  await manager.read(manager.patch(`/api/admin/products/${id}`, { lowStock: null }));
  await manager.read(manager.post(`/api/admin/products/${id}/stock`, { delta: -1, reason: "Broken" }), 201);
  expect(await notes()).toEqual(["Only 5 left"]);
});

test("a change of price by a percentage is made once for a key, and counts from the present price", async () => {
  const { changePrice } = await import("@/lib/catalogue/change-price");
  const { id: by } = await signedIn(shop);
  const [dear, cheap] = [await shop.product(1, 2_500), await shop.product(1, 100)];
  const price = async (id: string) => {
    const [row] = await shop.sql<{ price: number }>("SELECT price_amount AS price FROM products WHERE id = $1", [id]);
    return row?.price;
  };
  for (let times = 0; times < 2; times++)
    expect(await changePrice(dear, "-10%", { by, key: "sale" })).toEqual({ amount: 2_250, currency: "EUR" });
  expect(await price(dear)).toBe(2_250);
  await changePrice(dear, "-10%", { by, key: "again" });
  expect(await price(dear)).toBe(2_025);
  await expect(changePrice(dear, "1", { by, key: "again" })).rejects.toMatchObject({ code: "idempotency_key_reused" });
  await expect(changePrice(cheap, "-1.01", { by, key: "sale" })).rejects.toThrow("below zero");
  await expect(changePrice("prod_none", "1", { by, key: "sale" })).rejects.toMatchObject({ status: 404 });
  expect(await price(cheap)).toBe(100);
});

test("an edit writes the edited fields, is refused if one has another value by now, and can be repeated", async () => {
  const { editProduct } = await import("@/lib/catalogue/edit-product");
  const { getManagedProduct } = await import("@/lib/catalogue/manage-products");
  const id = await shop.product(1, 2_500);
  const shown = await getManagedProduct(id);
  const edit = (typed: Parameters<typeof editProduct>[1]) => editProduct(id, typed, shown);
  const { price, lowStock } = shown;
  for (let times = 0; times < 2; times++) await edit({ name: "First", price, lowStock });
  const second = edit({ name: "Second", price, lowStock: 3 });
  await expect(second).rejects.toMatchObject({
    ...{ code: "product_changed", status: 409 },
    errors: [{ path: "name", message: "is First now" }],
  });
  await edit({ name: shown.name, price: { ...price, amount: 3_000 }, lowStock });
  expect(await getManagedProduct(id)).toMatchObject({ name: "First", price: { ...price, amount: 3_000 }, lowStock });
  await expect(editProduct("prod_none", { name: "None" }, {})).rejects.toMatchObject({ status: 404 });
  // A refused stock movement leaves the price of the same form as it was.
  const { adjustStockWithin } = await import("@/lib/inventory/adjust-stock");
  const stored = await getManagedProduct(id);
  const typed = { price: { ...price, amount: 9_000 } };
  const movement = { delta: -5, reason: "Counted" };
  const both = editProduct(id, typed, stored, (tx) => adjustStockWithin(tx, id, movement, { by: "usr_manager" }));
  await expect(both).rejects.toMatchObject({ code: "insufficient_stock" });
  expect((await getManagedProduct(id)).price).toEqual({ ...price, amount: 3_000 });
});

test("a description with tabs, as an import stores it, can be saved again", async () => {
  const manager = await signedIn(shop);
  const description = "Height\t30 cm\nWidth\t20 cm";
  const product = { sku: "TAB-1", name: "Shelf", description, price: { amount: 900, currency: "EUR" } };
  const { id } = await manager.read<{ id: string }>(manager.post("/api/admin/products", product), 201);
  expect(await manager.read(manager.patch(`/api/admin/products/${id}`, { description }))).toMatchObject({
    description,
  });
});
