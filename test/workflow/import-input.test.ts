import { gzipSync } from "node:zlib";
import { afterEach, beforeAll, expect, test } from "vitest";
import { openFileServer } from "./file-server";
import { importer, productFile } from "./importer";
import { audit, openShop } from "./shop";

const shop = openShop({ env: { IMPORT_SILENCE_MS: "5000", EMAILS_PER_HOUR: "1000" } });
const files = openFileServer();
afterEach(audit);

let desk: Awaited<ReturnType<typeof importer>>;
beforeAll(async () => {
  desk = await importer(shop);
});

const HEADER = "sku,name,price,currency\n";

test.each([
  ["empty", "", "empty_file", undefined],
  ["nothing but empty lines", "\n\r\n\n", "empty_file", undefined],
  ["a header and nothing else", HEADER, "no_rows", 1],
  ["no header", "P-1,Mug,12.50,EUR\n", "wrong_columns", 1],
  ["other columns", "sku,title,price,currency\nP-1,Mug,1,EUR\n", "wrong_columns", 1],
  ["a column twice", `sku,${HEADER}P-1,P-1,Mug,1,EUR\n`, "wrong_columns", 1],
  ["10 MB in one line", `${HEADER}P-1,${"x".repeat(10_000_000)},1,EUR\n`, "line_too_long", 2],
  [
    "damaged UTF-8",
    Buffer.concat([Buffer.from(`${HEADER}P-1,Café,1,EUR\nP-2,Caf`), Buffer.from([0xc3, 0x2c])]),
    "not_utf8",
    3,
  ],
  [
    "Shift JIS",
    Buffer.concat([Buffer.from(`${HEADER}P-1,`), Buffer.from([0x83, 0x7d, 0x83, 0x4f, 0x81, 0x5b])]),
    "not_utf8",
    2,
  ],
  ["half a character in UTF-16", Buffer.from(`${HEADER}P-1,Mug,1,EUR\nP-2,\ud800,1,EUR\n`, "utf16le"), "not_utf8", 3],
  [
    "UTF-16 that ends in a character",
    Buffer.from(`${HEADER}P-1,Mug,1,EUR\n`, "utf16le").subarray(0, -1),
    "not_utf8",
    2,
  ],
  ["UTF-32", Buffer.from([0xff, 0xfe, 0, 0, 0x73, 0, 0, 0]), "not_utf8", 1],
  ["NUL in a column's name", `sku,na\u0000me,price,currency\nP-1,Mug,1,EUR\n`, "wrong_columns", 1],
  ["a column twice in another case", `sku,SKU\u200b,${HEADER}P-1,P-1,P-1,Mug,1,EUR\n`, "wrong_columns", 1],
  ["a quote never closed", `${HEADER}P-1,Mug,1,EUR\nP-2,"Mug,1,EUR\nP-3,Mug,1,EUR\n`, "quote_not_closed", 3],
  ["gzip", gzipSync(`${HEADER}P-1,Mug,1,EUR\n`), "compressed", undefined],
  ["a web page", "\n<!DOCTYPE html><html><body>Please sign in</body></html>", "html_page", undefined],
])("%s: the file is refused with a report, and no row is applied", async (_, content, code, line) => {
  const [before] = await shop.sql("SELECT count(*) FROM products");
  const over = await desk.take(files.file(content), "products");
  expect(over.problem, JSON.stringify(over.problem)).toMatchObject({ code, ...(line && { line }) });
  expect(over).toMatchObject({ status: "failed", counts: { created: 0, updated: 0, unchanged: 0, bad: 0 } });
  expect(await shop.sql("SELECT count(*) FROM products")).toEqual([before]);
  expect(await shop.sql("SELECT count(*)::int AS parts FROM import_parts")).toEqual([{ parts: 0 }]);
});

test.each([
  ["404", (status = 404) => files.at((_, response) => response.writeHead(status).end()), "source_refused"],
  [
    "served as a web page",
    () => files.at((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("sku")),
    "html_page",
  ],
  [
    "served compressed",
    () => files.at((_, response) => response.writeHead(200, { "content-encoding": "br" }).end("sku")),
    "compressed",
  ],
  [
    "announced as too large",
    () => files.at((_, response) => response.writeHead(200, { "content-length": 10_000_000_000 }).write("sku")),
    "file_too_large",
  ],
  [
    "redirected in circles",
    () => files.at((request, response) => response.writeHead(302, { location: request.url }).end()),
    "source_refused",
  ],
  [
    "redirected to another scheme",
    () => files.at((_, response) => response.writeHead(302, { location: "file:///etc/passwd" }).end()),
    "address_not_public",
  ],
])("a file that is %s is refused with a report", async (_, url, code) => {
  const over = await desk.take(url(), "products");
  expect(over).toMatchObject({ status: "failed", problem: { code }, counts: { created: 0 } });
});

test("a truncated file or a failing server: after the retries the import waits in the manual queue, and no row is applied", async () => {
  const { text } = productFile(500);
  const cut = await desk.take(files.file(text, { cut: { after: 3_000, times: 99 }, ranges: false }), "products");
  expect(cut).toMatchObject({ status: "manual", problem: { code: "gave_up" }, counts: { created: 0 } });
  expect(cut.problem?.message).toMatch(/connection was lost|ends after/);
  const down = await desk.take(
    files.at((_, response) => response.writeHead(503).end()),
    "products",
  );
  expect(down.problem?.message).toContain("answers 503");
});

test("a file that changes while it is fetched is refused", async () => {
  let asked = 0;
  const url = files.at((_, response) => {
    response.writeHead(200, { "content-length": 40 });
    const body = `${HEADER}P-${++asked},Mug,1,EUR\n`;
    if (asked === 1) response.write(body.slice(0, 30), () => response.socket?.end());
    else response.end(body.slice(0, 40));
  });
  const over = await desk.take(url, "products");
  expect(over).toMatchObject({ status: "failed", problem: { code: "source_changed" } });
  expect(await desk.notifications(over.id)).toEqual(["Import of products: it failed"]);
});

test("an emoji at the place where a long SKU is cut: the row is reported, and the others are applied", async () => {
  const file = `${HEADER}${"x".repeat(99)}😀😀,Mug,1,EUR\nSPLIT-1,Mug,1,EUR\n`;
  const over = await desk.take(files.file(file), "products");
  expect(over).toMatchObject({ status: "done", counts: { created: 1, bad: 1 } });
  expect(over.errors.items).toMatchObject([{ line: 2, sku: "x".repeat(99), message: "is longer than 100 characters" }]);
});
