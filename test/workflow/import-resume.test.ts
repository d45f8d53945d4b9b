import { afterEach, beforeAll, expect, test } from "vitest";
import { waitUntil as until } from "@/dev/wait-until";
import { loseRunsOf } from "./fault-injection";
import { openFileServer } from "./file-server";
import { importer, productFile } from "./importer";
import { audit, HOUR, MINUTE, openShop } from "./shop";

// Each step applies one batch, so the test can lose a run in the middle of its work.
const shop = openShop({ wires: true, env: { IMPORT_STEP_MS: "1" } });
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

test("a file of a header only that takes two steps to check is refused, as in one step", async () => {
  const over = await desk.take(files.file("sku,name,price,currency\n"), "products");
  expect(over).toMatchObject({ status: "failed", problem: { code: "no_rows" } });
});

test("a process that was taken for dead works beside its successor: every row is applied once", async () => {
  const { text } = productFile(4_000);
  const id = await desk.start(files.file(text), "products");
  const settled = shop.settle();
  await until(async () => (await desk.view(id)).bytes.applied > 0, "the first rows to be applied", { every: 5 });
  expect(await shop.loseRuns("import-data")).toBe(1);
  await settled;
  const { runPortion } = await import("@/lib/imports/lifecycle");
  const { applyRows } = await import("@/lib/imports/apply-rows");
  await Promise.all([runPortion(id, applyRows), runPortion(id, applyRows)]);
  expect((await desk.finish(id)).counts).toEqual({ created: 4_000, updated: 0, unchanged: 0, bad: 0 });
});

test("the run that notifies the creator is lost: the creator still gets each email once", async () => {
  const losing = (work: () => Promise<unknown>) => loseRunsOf(shop, "import-ended", work);
  let [done, waiting] = ["", ""];
  await losing(async () => {
    done = (await desk.take(files.file(productFile(2).text), "products")).id;
  });
  await losing(async () => {
    waiting = (
      await desk.take(
        files.at((_, response) => response.writeHead(503).end()),
        "products",
      )
    ).id;
  });
  const emails = async () => [await desk.notifications(done), await desk.notifications(waiting)];
  await shop.clock.advance(25 * MINUTE);
  expect(await emails()).toEqual([["Import of products: done"], ["Import of products: it waits for you"]]);
  await shop.clock.advance(HOUR);
  expect((await emails()).flat()).toHaveLength(2);
});
