import { afterEach, beforeAll, expect, test } from "vitest";
import { waitUntil as until } from "@/dev/wait-until";
import { openFileServer } from "./file-server";
import { importer, productFile, uploadForm } from "./importer";
import { audit, openShop } from "./shop";

// Each step applies one batch, so the test can lose a run in the middle of its work.
const shop = openShop({
  only: ["import-data", "import-ended", "reconcile"],
  env: { IMPORT_STEP_MS: "1", IMPORT_UPLOAD_BYTES: "200000" },
});
const files = openFileServer();
afterEach(audit);

let desk: Awaited<ReturnType<typeof importer>>;
beforeAll(async () => {
  desk = await importer(shop);
});

const stored = () => shop.sql("SELECT count(*)::int AS parts FROM import_parts");
const products = (prefix: string) => shop.sql("SELECT id FROM products WHERE sku LIKE $1", [`${prefix}%`]);
const refused = async (response: Response) => {
  const { status, code, errors } = (await response.json()) as {
    status: number;
    code: string;
    errors?: { path: string }[];
  };
  return [response.status, status, code, errors?.map(({ path }) => path)];
};

test("an uploaded file is applied once, even if its run is lost, and is deleted afterwards", async () => {
  const { text, prefix } = productFile(3_000);
  const id = await desk.upload(uploadForm(text, { type: "products" }, "spring goods.csv"));
  const settled = shop.settle();
  await until(async () => (await desk.view(id)).bytes.applied > 0, "the first rows to be applied", { every: 5 });
  expect(await shop.loseRuns("import-data")).toBe(1);
  await settled;
  const done = await desk.finish(id);
  expect(done).toMatchObject({ status: "done", url: null, fileName: "spring goods.csv", dryRun: false, rows: 3_000 });
  expect(done.counts).toEqual({ created: 3_000, updated: 0, unchanged: 0, bad: 0 });
  expect(await products(prefix)).toHaveLength(3_000);
  expect(await stored()).toEqual([{ parts: 0 }]);
  expect(await desk.notifications(id)).toEqual(["Import of products: done"]);
});

test("a dry run reports the same counts and refused rows as the import of its file, and writes no product", async () => {
  const old = productFile(2);
  await desk.take(files.file(old.text), "products");
  const { text, prefix } = productFile(1_200);
  const file = [
    text.trimEnd(),
    // The first batch of rows has the other SKU of both.
    `${prefix.toLowerCase()}3,Only other letters,1,EUR`,
    `${prefix}4,Again,1,EUR`,
    `${old.prefix}0,New name,1.50,EUR`,
    `${old.prefix}1,"Thing, no. 1",2.50,EUR`,
    `${prefix}X,No price,=1+1,EUR`,
  ].join("\n");
  const checked = await desk.check(file, "products");
  expect(checked).toMatchObject({ status: "done", dryRun: true, rows: 1_205, appliedAs: null });
  expect(checked.counts).toEqual({ created: 1_200, updated: 1, unchanged: 1, bad: 3 });
  expect(checked.errors.items).toEqual([
    { line: 1_202, sku: `${prefix.toLowerCase()}3`, column: "sku", message: expect.stringContaining(`${prefix}3`) },
    { line: 1_203, sku: `${prefix}4`, column: "sku", message: "is in the file already, in line 6" },
    { line: 1_206, sku: `${prefix}X`, column: "price", message: expect.stringContaining("12.50") },
  ]);
  expect(await products(prefix)).toEqual([]);
  expect(await desk.notifications(checked.id)).toEqual([]);

  const report = await desk.manager.get(`/api/admin/imports/${checked.id}/errors.csv`);
  expect(report.headers.get("content-disposition")).toContain("attachment");
  const lines = (await report.text()).split("\r\n");
  expect([lines.length, lines[0], lines[2]]).toEqual([
    5,
    "line,sku,field,reason",
    `1203,${prefix}4,sku,"is in the file already, in line 6"`,
  ]);

  const apply = () => desk.manager.post(`/api/admin/imports/${checked.id}/apply`);
  const { id } = await desk.manager.read<{ id: string }>(apply(), 201);
  expect(await desk.manager.read(apply(), 200)).toEqual({ id });
  const done = await desk.finish(id);
  expect(done).toMatchObject({ status: "done", dryRun: false, rows: 1_205, counts: checked.counts });
  expect(done.errors).toEqual(checked.errors);
  expect((await desk.view(checked.id)).appliedAs).toBe(id);
  expect(await products(prefix)).toHaveLength(1_200);
  expect(await stored()).toEqual([{ parts: 0 }]);
});

test("a dry run of stock changes no quantity; without its file, it cannot be applied", async () => {
  const id = await shop.product(5);
  const [{ sku } = { sku: "" }] = await shop.sql<{ sku: string }>("SELECT sku FROM products WHERE id = $1", [id]);
  const checked = await desk.check(`sku,quantity\n${sku},9\nNOWHERE,1\n`, "stock");
  expect(checked.counts).toEqual({ created: 0, updated: 1, unchanged: 0, bad: 1 });
  expect(await shop.sql("SELECT available FROM inventory WHERE product_id = $1", [id])).toEqual([{ available: 5 }]);
  expect(await stored()).toEqual([{ parts: 1 }]);
  // The clean-up deletes it after a day (cleanup-figures.test.ts).
  await shop.sql("DELETE FROM import_parts");
  const apply = (importId: string) => desk.manager.post(`/api/admin/imports/${importId}/apply`);
  expect(await refused(await apply(checked.id))).toEqual([409, 409, "file_deleted", undefined]);
  const [done] = await shop.sql<{ id: string }>("SELECT id FROM imports WHERE NOT dry_run LIMIT 1");
  expect(await refused(await apply(done?.id ?? ""))).toEqual([409, 409, "not_a_dry_run", undefined]);
  expect(await refused(await apply("imp_none"))).toEqual([404, 404, "not_found", undefined]);
});

test("the template of each type is a file that a dry run accepts", async () => {
  for (const [type, problems] of [
    ["products", []],
    ["stock", ["is not the SKU of a product"]],
  ] as const) {
    const template = await desk.manager.get(`/api/admin/imports/template.csv?type=${type}`);
    const checked = await desk.check(await template.text(), type);
    expect([checked.rows, checked.errors.items.map(({ message }) => message)]).toEqual([1, problems]);
  }
});

test("an upload that is no CSV file, too large or incomplete is refused with the field's name, and stores nothing", async () => {
  const send = (form: FormData, headers?: Record<string, string>) =>
    desk.manager.upload("/api/admin/imports/upload", form, headers);
  const imports = await shop.sql("SELECT id FROM imports");
  const large = await send(uploadForm("x".repeat(400_000), { type: "stock" }));
  expect(await large.clone().json()).toMatchObject({ detail: expect.stringContaining("0.2 MB") });
  expect(await refused(large)).toEqual([413, 413, "file_too_large", ["file"]]);
  const slightly = await send(uploadForm("x".repeat(200_001), { type: "stock" }));
  expect(await refused(slightly)).toEqual([413, 413, "file_too_large", ["file"]]);
  expect(await refused(await send(uploadForm("", { type: "stock" })))).toEqual([422, 422, "empty_file", undefined]);
  const zip = new Uint8Array([0x50, 0x4b, 3, 4, 0]);
  expect(await refused(await send(uploadForm(zip, { type: "stock" })))).toEqual([422, 422, "compressed", undefined]);
  expect(await refused(await send(uploadForm("sku", { type: "orders" })))).toEqual([
    ...[422, 422, "validation_failed", ["type"]],
  ]);
  const nothing = new FormData();
  nothing.set("type", "stock");
  expect(await refused(await send(nothing))).toEqual([422, 422, "validation_failed", ["file"]]);
  const json = await desk.manager.post("/api/admin/imports/upload", {});
  expect(await refused(json)).toEqual([415, 415, "unsupported_media_type", undefined]);
  const foreign = await send(uploadForm("sku", { type: "stock" }), { "sec-fetch-site": "cross-site" });
  expect(await refused(foreign)).toEqual([403, 403, "foreign_origin", undefined]);
  expect(await shop.sql("SELECT id FROM imports")).toEqual(imports);

  // The form as a browser without JavaScript sends it.
  const page = await send(nothing, { accept: "text/html" });
  expect([page.status, page.headers.get("location")]).toEqual([
    303,
    "/console/imports?refused=validation_failed&type=stock&dryRun=false#upload",
  ]);
  const text = "x".repeat(400_000);
  for (const [content, code] of [
    [text, "file_too_large"],
    ["", "empty_file"],
  ] as const) {
    const refusal = await send(uploadForm(content, { type: "stock", dryRun: "true" }), { accept: "text/html" });
    const shown = `/console/imports?refused=${code}&type=stock&dryRun=true#upload`;
    expect(refusal.headers.get("location")).toBe(shown);
  }
  const accepted = await send(uploadForm("sku,quantity\nNOWHERE,1", { type: "stock" }), { accept: "text/html" });
  expect(accepted.headers.get("location")).toMatch(/^\/console\/imports\/imp_/);
});
