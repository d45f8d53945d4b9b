import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MUTANTS } from "../mutants/mutants";
import { mutate } from "../mutants/mutate";

test.each(MUTANTS)("the mistake can still be made: $name", (mutant) => {
  const original = readFileSync(mutant.file, "utf8");
  expect(mutate(mutant, original)).not.toBe(original);
  expect(mutant.caughtBy === "simulation" || existsSync(mutant.caughtBy)).toBe(true);
});

test("every mistake is in the table of docs/reliability.md, with what catches it", () => {
  const table = readFileSync("docs/reliability.md", "utf8").replace(/ +/g, " ");
  for (const { name, caughtBy } of MUTANTS) expect(table).toContain(`| ${name} | ${caughtBy} |`);
});
