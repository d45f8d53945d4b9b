import { afterEach, beforeAll, expect, test } from "vitest";
import { behindLock } from "./concurrent-writers";
import { openFileServer } from "./file-server";
import { importer } from "./importer";
import { audit, openShop } from "./shop";

// Each step reads or applies one batch, so every offset at which a step can begin is used.
const shop = openShop({ env: { IMPORT_STEP_MS: "1" } });
const files = openFileServer();
afterEach(audit);

let desk: Awaited<ReturnType<typeof importer>>;
beforeAll(async () => {
  desk = await importer(shop);
});

let count = 0;
const newPrefix = () => `X${++count}-`;
const swapped = (text: string) => Buffer.from(text, "utf16le").swap16();
const windows1252 = (text: string) =>
  Buffer.from(text.replaceAll("€", "\x80").replaceAll("’", "\x92").replaceAll("Š", "\x8a"), "latin1");
const products = (prefix: string) =>
  shop.sql<{ sku: string; name: string; price_amount: number; description: string; active: boolean }>(
    "SELECT sku, name, price_amount, description, active FROM products WHERE sku LIKE $1 ORDER BY sku",
    [`${prefix}%`],
  );

/** Imports rows of products and returns the problems as `line column`. */
async function refused(text: string): Promise<string[]> {
  const { status, errors } = await desk.take(files.file(text), "products");
  expect(status).toBe("done");
  return errors.items.map(({ line, column }) => `${line} ${column}`);
}

test.each<[string, (text: string) => Buffer]>([
  ["UTF-8", (text) => Buffer.from(text)],
  ["UTF-8 with a byte order mark", (text) => Buffer.from(`\uFEFF${text}`)],
  ["UTF-16LE", (text) => Buffer.from(text, "utf16le")],
  ["UTF-16LE with a byte order mark", (text) => Buffer.from(`\uFEFF${text}`, "utf16le")],
  ["UTF-16BE", swapped],
  ["UTF-16BE with a byte order mark", (text) => swapped(`\uFEFF${text}`)],
  ["Windows-1252", windows1252],
])("%s is read, over several batches and parts", async (_, encode) => {
  const prefix = newPrefix();
  const row = (n: number) =>
    `${prefix}${String(n).padStart(4, "0")};"Crème ’Š’ ${n}";1,50;EUR;"Für 5 €\r\n${"äx".repeat(60)}"`;
  const rows = Array.from({ length: 3_000 }, (_, n) => row(n));
  const file = encode(["sku;name;price;currency;description", ...rows, ""].join("\r\n"));
  const done = await desk.take(files.file(file), "products");
  expect([done.problem, done.errors.items]).toEqual([null, []]);
  expect(done).toMatchObject({ status: "done", rows: 3_000, counts: { created: 3_000, bad: 0 } });
  const saved = await products(prefix);
  expect(saved).toHaveLength(3_000);
  for (const n of [0, 2_999])
    expect(saved[n]).toMatchObject({
      name: `Crème ’Š’ ${n}`,
      price_amount: 150,
      description: expect.stringMatching(/^Für 5 €\r\nä/),
    });
});

test.each([",", ";", "\t", "|"])(
  "the separator %j is detected, and empty columns and rows are skipped",
  async (separator) => {
    const prefix = newPrefix();
    // A name has no tab.
    const quoted = separator === "\t" ? '""' : separator;
    const line = (...cells: string[]) => [...cells, "", "", ""].join(separator);
    const text = [
      line("SKU\u00a0", "Name", "\u200bprice", "Currency", "active"),
      line(`${prefix}1`, `"a${quoted}b"`, "1.50", "EUR", "TRUE"),
      line("", "", "", "", ""),
      line(`${prefix}2`, "c", "2", "eur", "False"),
      `${line(`${prefix}3`, "d", "2", "EUR", "1").slice(0, -3)}`,
      line(`${prefix}4`, "e", "2", "EUR", "1", "a value without a name").slice(0, -1),
      line("", "", "", "", ""),
    ].join("\r\n");
    expect(await refused(text)).toEqual(["6 *"]);
    expect(await products(prefix)).toMatchObject([
      { name: `a${quoted.replace('""', '"')}b`, active: true },
      { name: "c", active: false },
      { name: "d", active: true },
    ]);
  },
);

test("Excel's line that names the separator has precedence, and is not the header", async () => {
  const prefix = newPrefix();
  expect(await refused(`sep=;\r\nsku;name;price;currency\r\n${prefix}1;a, b;4,50;EUR\r\n`)).toEqual([]);
  expect(await products(prefix)).toMatchObject([{ name: "a, b", price_amount: 450 }]);
});

test("truth values are accepted in any case and in the languages of Excel; others are refused", async () => {
  const prefix = newPrefix();
  const words = ["TRUE", "Yes", "1", "y", "WAHR", "VRAI", "", "FALSE", "no", "0", "N", "FALSCH", "maybe", "2", "-1"];
  const rows = words.map((word, n) => `${prefix}${String(n).padStart(2, "0")},a,1,EUR,${word}`);
  expect(await refused(["sku,name,price,currency,active", ...rows].join("\n"))).toEqual([
    "14 active",
    "15 active",
    "16 active",
  ]);
  expect((await products(prefix)).map(({ active }) => active)).toEqual([
    ...Array(7).fill(true),
    ...Array(5).fill(false),
  ]);
});

test("one SKU twice in a file: the first row is applied, each further one is reported with the line of the first", async () => {
  const prefix = newPrefix();
  const filler = Array.from({ length: 1_500 }, (_, n) => `${prefix}f${n},a,1,EUR`);
  const twice = [`${prefix}1,first,1,EUR`, `${prefix}1,second,2,EUR`, ...filler, `\u200b${prefix}1 ,third,3,EUR`];
  const done = await desk.take(files.file(["sku,name,price,currency", ...twice].join("\n")), "products");
  expect(done.errors.items).toEqual([
    { line: 3, sku: `${prefix}1`, column: "sku", message: "is in the file already, in line 2" },
    { line: 1_504, sku: `${prefix}1`, column: "sku", message: "is in the file already, in line 2" },
  ]);
  expect(done.counts).toEqual({ created: 1_501, updated: 0, unchanged: 0, bad: 2 });
  expect(await products(`${prefix}1`)).toMatchObject([{ name: "first", price_amount: 100 }]);
  const stock = await desk.take(files.file(`sku,quantity\n${prefix}1,5\n${prefix}1,7\n`), "stock");
  expect(stock.errors.items).toMatchObject([{ line: 3, column: "sku" }]);
  const [inventory] = await shop.sql(
    "SELECT available FROM inventory i JOIN products p ON p.id = i.product_id WHERE p.sku = $1",
    [`${prefix}1`],
  );
  expect(inventory).toEqual({ available: 5 });
});

test("SKUs that only letter case, zeros or invisible characters distinguish make no twins, in a file or beside a product", async () => {
  const prefix = newPrefix();
  const header = "sku,name,price,currency\n";
  expect(await refused(`${header}${prefix}abc,a,1,EUR\n${prefix}ABC,b,1,EUR\n00970${count},c,1,EUR\n`)).toEqual([
    "3 sku",
  ]);
  const later = [
    `${prefix}Abc,d,1,EUR`,
    `970${count},e,1,EUR`,
    `${prefix}a\u200bb\u00adc,f,1,EUR`,
    `\u202e00970${count}\u202c,g,1,EUR`,
    `Ｘ${prefix.slice(1)}xyz,h,1,EUR`,
  ];
  expect(await refused(header + later.join("\n"))).toEqual(["2 sku", "3 sku"]);
  expect(await products(prefix)).toMatchObject([
    { sku: `${prefix}abc`, name: "f" },
    { sku: `${prefix}xyz`, name: "h" },
  ]);
  expect(await products("00970")).toMatchObject([{ name: "g" }]);
  const created = await desk.manager.post("/api/admin/products", {
    sku: `${prefix}aBc`,
    name: "i",
    price: { amount: 100, currency: "EUR" },
  });
  expect([created.status, await created.json()]).toMatchObject([409, { code: "sku_taken" }]);
  const stock = await desk.take(files.file(`sku,quantity\n${prefix}ABC,5\n`), "stock");
  expect(stock.errors.items).toMatchObject([
    { line: 2, sku: `${prefix}ABC`, column: "sku", message: `is not the SKU of a product, but ${prefix}abc is` },
  ]);
});

test("two requests, or a request and an import, create twins at once: one product is made, the other one is refused", async () => {
  const prefix = newPrefix();
  const create = async (sku: string) => {
    const product = { sku, name: "i", price: { amount: 100, currency: "EUR" } };
    return (await desk.manager.post("/api/admin/products", product)).status;
  };
  // Under this lock products can be read, but not inserted.
  const lock = "LOCK TABLE products IN SHARE ROW EXCLUSIVE MODE";
  const valuesOf = (results: PromiseSettledResult<unknown>[]) =>
    results.map((result) => (result.status === "fulfilled" ? result.value : result.reason));
  const requests = await behindLock(lock, [], [() => create(`${prefix}Abc`), () => create(`${prefix}aBC`)]);
  expect(valuesOf(requests).sort()).toEqual([201, 409]);
  const insert = `INSERT INTO products (id, sku, name, description, price_amount, currency, created_at, updated_at)
    VALUES ('${prefix}x', '${prefix}Xyz', 'i', '', 1, 'EUR', '2026-01-01', '2026-01-01')`;
  const imported = () => refused(`sku,name,price,currency\n${prefix}xYZ,a,1,EUR\n`);
  expect(valuesOf(await behindLock(`${lock}; ${insert}`, [], [imported]))).toEqual([["2 sku"]]);
  expect(await products(prefix)).toHaveLength(2);
});

test.each(["4.00641E+12", "4,00641E+12", "4.00641e12", "1E+05", "-1E-05", "1-Mar", "#REF!", "#N/A", "########"])(
  "the SKU %s, which a spreadsheet has damaged, is refused",
  async (sku) => {
    expect(await refused(`sku;name;price;currency\n${sku};a;1;EUR\n`)).toEqual(["2 sku"]);
    const stock = await desk.take(files.file(`sku;quantity\n${sku};1\n`), "stock");
    expect(stock.errors.items).toMatchObject([{ line: 2, column: "sku" }]);
  },
);

test("prices: a decimal comma is read, what can mean thousands or is damaged is refused", async () => {
  const prefix = newPrefix();
  const prices: [string, string, number | undefined][] = [
    ["4,50", "EUR", 450],
    ["4,5", "EUR", 450],
    [" 4.50\u00a0", "EUR", 450],
    ["４.５０", "EUR", 450],
    ["1500", "JPY", 1_500],
    ["1,234", "JPY", undefined],
    ["1,230", "KWD", undefined],
    ["1.230", "KWD", 1_230],
    ["1.234,50", "EUR", undefined],
    ["1,234.50", "EUR", undefined],
    ["4.5E+1", "EUR", undefined],
    ["1 234", "EUR", undefined],
    ["-4,50", "EUR", undefined],
    ["4,50 €", "EUR", undefined],
    ["NaN", "EUR", undefined],
  ];
  const rows = prices.map(([price, currency], n) => `${prefix}${String(n).padStart(2, "0")};a;${price};${currency}`);
  const bad = prices.flatMap(([, , amount], n) => (amount === undefined ? [`${n + 2} price`] : []));
  expect(await refused(["sku;name;price;currency", ...rows].join("\n"))).toEqual(bad);
  expect((await products(prefix)).map(({ price_amount }) => price_amount)).toEqual(
    prices.flatMap(([, , amount]) => (amount === undefined ? [] : [amount])),
  );
});

test("NUL, other control characters and U+FFFD are refused by line and column; invisible ones vanish", async () => {
  const prefix = newPrefix();
  const rows = [
    `${prefix}1\u0000,a,1,EUR,`,
    `${prefix}2,a\u0000b,1,EUR,`,
    `${prefix}3,a,1\u0000,EUR,`,
    `${prefix}4,a,1,E\u0000R,`,
    `${prefix}5,a,1,EUR,x\u0000`,
    `${prefix}6,a\u0007,1,EUR,`,
    `${prefix}7,a\uFFFDb,1,EUR,`,
    `${prefix}8,a\u202eb\u00a0\u200bc,1,EUR,"x\u200b\r\n\ty"`,
    `${prefix}9,cafe\u0301,1,EUR,`,
  ];
  expect(await refused(["sku,name,price,currency,description", ...rows].join("\n"))).toEqual([
    ...["2 sku", "3 name", "4 price", "5 currency", "6 description", "7 name", "8 name"],
  ]);
  expect(await products(prefix)).toMatchObject([{ name: "ab c", description: "x\r\n\ty" }, { name: "café" }]);
});
