import { afterEach, beforeAll, expect, test } from "vitest";
import { waitUntil as until } from "@/dev/wait-until";
import { openFileServer } from "./file-server";
import { importer, productFile } from "./importer";
import { audit, openShop } from "./shop";

// Each step applies one batch, so the test can lose a run in the middle of its work.
const shop = openShop({ env: { IMPORT_STEP_MS: "1" } });
const files = openFileServer();
afterEach(audit);

let desk: Awaited<ReturnType<typeof importer>>;
beforeAll(async () => {
  desk = await importer(shop);
});

test("the engine loses the run among the rows: the import is resumed, and every row is applied once", async () => {
  const { text, prefix } = productFile(6_000);
  const id = await desk.start(files.file(text), "products");
  const settled = shop.settle();
  await until(async () => (await desk.view(id)).bytes.applied > 0, "the first rows to be applied", { every: 5 });
  expect(await shop.loseRuns("import-data")).toBe(1);
  await settled;
  expect((await desk.view(id)).status).toBe("applying");
  const done = await desk.finish(id);
  expect(done.status).toBe("done");
  expect(done.counts).toEqual({ created: 6_000, updated: 0, unchanged: 0, bad: 0 });
  expect(await shop.sql("SELECT count(*)::int AS n FROM products WHERE sku LIKE $1", [`${prefix}%`])).toEqual([
    { n: 6_000 },
  ]);
});
