import { afterEach, describe, expect, test } from "vitest";
import { loseDatabaseAt, statementsOf } from "./fault-injection";
import { play, playEach, SCENARIOS } from "./scenarios";
import { audit, openShop } from "./shop";

/** P4: the database is lost at any one statement, COMMIT included, before it is carried out or before that is known. */
const shop = openShop();
afterEach(audit);

describe.each(SCENARIOS)("P4, $name", (scenario) => {
  test.each(["before", "after"] as const)(
    "the database is lost %s any one SQL statement",
    async (stage) => {
      const { length } = await statementsOf((cut) => play(shop, scenario, cut));
      expect(length).toBeGreaterThan(10);
      await playEach(length, (n) => play(shop, scenario, () => loseDatabaseAt(n, stage)));
    },
    300_000,
  );
});
