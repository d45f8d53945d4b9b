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

test("a step of the check that the engine has given up ends late: every row is still applied", async () => {
  const { readImport } = await import("@/lib/imports/read-import");
  const { runPortion } = await import("@/lib/imports/lifecycle");
  const { checkFile } = await import("@/lib/imports/check-file");
  const { applyRows } = await import("@/lib/imports/apply-rows");
  const id = await desk.upload(uploadForm(productFile(6_000).text, { type: "products" }));
  const run = async (work: (state: ImportState) => Promise<Portion>) => {
    while ((await runPortion(id, work)) === "more");
  };
  const late = (await readImport(id)) ?? expect.fail("no import");
  await run(checkFile);
  expect(await checkFile(late)).toBe("more");
  await run(applyRows);
  expect(await desk.view(id)).toMatchObject({ status: "done", rows: 6_000, counts: { created: 6_000, bad: 0 } });
});
