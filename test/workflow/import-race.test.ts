import { afterEach, beforeAll, expect, test } from "vitest";
import type { ImportState, Portion } from "@/lib/imports/read-import";
import { importer, productFile, uploadForm } from "./importer";
import { audit, openShop } from "./shop";

/** The functions of an import are called as its run does, so that one can end late. Each step reads one batch. */
const shop = openShop({ only: ["import-ended"], env: { IMPORT_STEP_MS: "1" } });
afterEach(audit);

let desk: Awaited<ReturnType<typeof importer>>;
beforeAll(async () => {
  desk = await importer(shop);
});

const run = async (id: string, work: (state: ImportState) => Promise<Portion>) => {
  const { runPortion } = await import("@/lib/imports/lifecycle");
  while ((await runPortion(id, work)) === "more");
};
const stateOf = async (id: string) => {
  const { readImport } = await import("@/lib/imports/read-import");
  return (await readImport(id)) ?? expect.fail("no import");
};

test("a step of the check that the engine has given up ends late: every row is still applied", async () => {
  const { checkFile } = await import("@/lib/imports/check-file");
  const { applyRows } = await import("@/lib/imports/apply-rows");
  const id = await desk.upload(uploadForm(productFile(6_000).text, { type: "products" }));
  const late = await stateOf(id);
  await run(id, checkFile);
  expect(await checkFile(late)).toBe("more");
  await run(id, applyRows);
  expect(await desk.view(id)).toMatchObject({ status: "done", rows: 6_000, counts: { created: 6_000, bad: 0 } });
});

test("a step that begins to apply the rows ends after the import: its counts stay", async () => {
  const { checkFile } = await import("@/lib/imports/check-file");
  const { applyRows } = await import("@/lib/imports/apply-rows");
  const id = await desk.upload(uploadForm(productFile(10).text, { type: "products" }));
  await run(id, checkFile);
  const late = await stateOf(id);
  await run(id, applyRows);
  const done = await desk.view(id);
  expect(done).toMatchObject({ status: "done", duplicateOf: null, counts: { created: 10, unchanged: 0 } });
  await applyRows(late);
  expect(await desk.view(id)).toEqual(done);
});

test("a step that loads the file ends late, with a problem: the rows are applied all the same", async () => {
  const { runPortion } = await import("@/lib/imports/lifecycle");
  const { ImportError } = await import("@/lib/imports/import-error");
  const { checkFile } = await import("@/lib/imports/check-file");
  const { applyRows } = await import("@/lib/imports/apply-rows");
  const id = await desk.upload(uploadForm(productFile(10).text, { type: "products" }));
  const late = runPortion(id, async () => {
    await run(id, checkFile);
    await shop.sql("UPDATE imports SET status = 'applying' WHERE id = $1", [id]);
    throw new ImportError({ code: "source_changed", message: "The file has changed." });
  });
  expect(await late).toBe("more");
  await run(id, applyRows);
  expect(await desk.view(id)).toMatchObject({ status: "done", problem: null, counts: { created: 10 } });
});
