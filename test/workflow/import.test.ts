import { afterEach, beforeAll, expect, test } from "vitest";
import { behindLock } from "./concurrent-writers";
import { openFileServer } from "./file-server";
import { importer, productFile } from "./importer";
import { audit, openShop } from "./shop";

const shop = openShop({ env: { IMPORT_STEP_MS: "400" } });
const files = openFileServer();
afterEach(audit);

let desk: Awaited<ReturnType<typeof importer>>;
beforeAll(async () => {
  desk = await importer(shop);
});

test("products are created, the same file again changes nothing, and a changed file updates the changed rows", async () => {
  const { text, prefix } = productFile(1_500);
  const url = files.file(text);
  const first = await desk.take(url, "products");
  expect(first).toMatchObject({ status: "done", rows: 1_500, counts: { created: 1_500, updated: 0, bad: 0 } });
  const rows = await shop.sql("SELECT * FROM products WHERE sku LIKE $1 ORDER BY sku", [`${prefix}%`]);
  expect(rows).toHaveLength(1_500);
  expect(rows[0]).toMatchObject({ sku: `${prefix}0`, name: "Thing, no. 0", price_amount: 150, currency: "EUR" });
  const again = await desk.take(url, "products");
  expect(again).toMatchObject({
    status: "done",
    duplicateOf: first.id,
    counts: { created: 0, updated: 0, unchanged: 1_500 },
  });
  for (const { id } of [first, again]) expect(await desk.notifications(id)).toEqual(["Import of products: done"]);
  expect(await shop.sql("SELECT * FROM products WHERE sku LIKE $1 ORDER BY sku", [`${prefix}%`])).toEqual(rows);
  const changed = await desk.take(files.file(text.replace(",1.50,", ",9.99,")), "products");
  expect(changed.counts).toEqual({ created: 0, updated: 1, unchanged: 1_499, bad: 0 });
  expect(await shop.sql("SELECT count(*)::int AS parts FROM import_parts")).toEqual([{ parts: 0 }]);
});

test("bad rows are reported by line and column in pages, and the valid ones are applied", async () => {
  const text = [
    "\uFEFFSKU,Name,Price,Currency,Description,Active",
    'G-1,Fine,12.5,EUR,"two\r\nlines",yes',
    ",No SKU,1,EUR,,",
    "G-2,Dear,1.234,EUR,,",
    "G-3,Odd,ten,XXQ,,maybe",
    "G-4,Short,1",
    "",
    'G-5,19" rack,1500,JPY,,no',
    "G-6,Negative,-1,EUR,,",
  ].join("\r\n");
  const done = await desk.take(files.file(text), "products");
  expect(done).toMatchObject({ status: "done", rows: 7, counts: { created: 2, updated: 0, unchanged: 0, bad: 5 } });
  expect(await desk.notifications(done.id)).toEqual(["Import of products: done, but for 5 rows"]);
  expect(done.errors.items.map(({ line, column }) => `${line} ${column}`)).toEqual([
    "4 sku",
    "5 price",
    "6 active",
    "6 currency",
    "7 *",
    "10 price",
  ]);
  const page = await desk.view(done.id, "?limit=4");
  const rest = await desk.view(done.id, `?limit=4&cursor=${page.errors.nextCursor}`);
  expect([...page.errors.items, ...rest.errors.items]).toEqual(done.errors.items);
  expect(rest.errors.nextCursor).toBeNull();
  expect(
    await shop.sql(
      "SELECT sku, price_amount, description, active FROM products WHERE sku IN ('G-1', 'G-5') ORDER BY sku",
    ),
  ).toEqual([
    { sku: "G-1", price_amount: 1250, description: "two\r\nlines", active: true },
    { sku: "G-5", price_amount: 1500, description: "", active: false },
  ]);
});

test("a stock file sets the counted quantity: reserved units stay reserved, and the same file after a sale changes nothing", async () => {
  const [a, b] = [await shop.product(5), await shop.product(5)];
  const url = files.file(`sku,quantity\n${a},20\n${b},5\nnobody,1\n${b},-1\n`);
  const first = await desk.take(url, "stock");
  expect(first.counts).toEqual({ created: 0, updated: 1, unchanged: 1, bad: 2 });
  expect(first.errors.items).toEqual([
    { line: 4, sku: "nobody", column: "sku", message: "is not the SKU of a product" },
    { line: 5, sku: b, column: "quantity", message: "must be a whole number from 0 to 99999999" },
  ]);
  const placed = await shop.checkout(a, { paymentMethod: "pm_card_authenticationRequired" });
  await shop.settle();
  expect(await shop.stock(a)).toEqual({ available: 19, reserved: 1, sold: 0 });
  const low = await desk.take(files.file(`sku,quantity\n${a},0\n`), "stock");
  expect(low.errors.items).toEqual([
    { line: 2, sku: a, column: "quantity", message: "is below the 1 reserved for open orders" },
  ]);
  expect((await desk.take(files.file(`sku,quantity\n${a},12\n`), "stock")).counts.updated).toBe(1);
  expect(await shop.stock(a)).toEqual({ available: 11, reserved: 1, sold: 0 });
  const again = files.file(`sku,quantity\n${a},12\n`);
  await shop.authenticate(placed);
  await shop.finish(placed);
  expect((await desk.take(again, "stock")).duplicateOf).not.toBeNull();
  expect(await shop.stock(a)).toEqual({ available: 11, reserved: 0, sold: 1 });
});

test("units that are reserved while a stock file waits for their rows stay reserved, and no row goes below them", async () => {
  const [a, b] = [await shop.product(10), await shop.product(10)];
  const url = files.file(`sku,quantity\n${a},20\n${b},2\n`);
  const reserve =
    "UPDATE inventory SET available = available - $2, reserved = reserved + $2 WHERE product_id = ANY($1)";
  const started = shop.clock.now();
  const [imported] = await behindLock(reserve, [[a, b], 3], [() => desk.take(url, "stock")]);
  const refused = { line: 3, sku: b, column: "quantity", message: "is below the 3 reserved for open orders" };
  // Without the lock a constraint would refuse the batch, and the engine would pause before the next attempt.
  expect(shop.clock.now() - started).toBeLessThan(10_000);
  expect(imported).toMatchObject({ value: { counts: { updated: 1, bad: 1 }, errors: { items: [refused] } } });
  expect(await shop.stock(a)).toEqual({ available: 17, reserved: 3, sold: 0 });
  expect(await shop.stock(b)).toEqual({ available: 7, reserved: 3, sold: 0 });
  await shop.sql(reserve, [[a, b], -3]);
});

test("the connection breaks after the last byte, before the end of the answer: nothing is missing", async () => {
  const { text } = productFile(100);
  const etag = '"1"';
  const url = files.at((request, response) => {
    if (request.headers.range === `bytes=${Buffer.byteLength(text)}-`)
      return void response.writeHead(416, { "content-range": `bytes */${Buffer.byteLength(text)}`, etag }).end();
    // Without a length, only the last chunk says that the answer is complete.
    response.writeHead(200, { "content-type": "text/csv", etag });
    response.write(text, () => response.socket?.end());
  });
  expect(await desk.take(url, "products")).toMatchObject({ status: "done", counts: { created: 100, bad: 0 } });
});

test("a broken connection continues where it stopped: with a range request, or by reading the file again", async () => {
  for (const ranges of [true, false]) {
    const { text } = productFile(6_000);
    const seen = { requests: 0, bytes: 0 };
    const url = files.file(text, { ranges, cut: { after: 150_000, times: ranges ? 1 : 2 }, seen });
    const done = await desk.take(url, "products");
    expect(done).toMatchObject({ status: "done", counts: { created: 6_000, bad: 0 } });
    expect(seen.requests).toBe(ranges ? 2 : 3);
    if (ranges) expect(seen.bytes).toBe(Buffer.byteLength(text));
  }
});
