import { afterEach, describe, expect, test } from "vitest";
import { loseDatabaseAt, statementsOf } from "./fault-injection";
import { play, playEach, SCENARIOS } from "./scenarios";
import { audit, openShop } from "./shop";

/**
 * P4: the database is lost at any one statement, COMMIT included, before it is carried out or before that is known. Each fourth
 * statement is cut in one of both ways: all of them would take a third of the whole suite's time, and the simulation draws others in
 * each run. `CRASH_EVERY=1` cuts each in both ways.
 */
const every = Number(process.env.CRASH_EVERY ?? 8);
const shop = openShop({ env: { RECONCILE_EVERY_MINUTES: "5" } });
afterEach(audit);

describe.each(SCENARIOS)("P4, $name", (scenario) => {
  test.each(["before", "after"] as const)(
    "the database is lost %s one SQL statement after another",
    async (stage) => {
      const { length } = await statementsOf((cut) => play(shop, scenario, cut));
      expect(length).toBeGreaterThan(10);
      await playEach(length, (n) => play(shop, scenario, () => loseDatabaseAt(n, stage)), {
        ...{ every, first: stage === "before" || every === 1 ? 1 : 1 + every / 2 },
      });
    },
    300_000,
  );
});
