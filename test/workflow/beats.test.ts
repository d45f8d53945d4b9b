import { expect, test } from "vitest";
import { CRONS } from "@/lib/beats";
import { HOUR, openShop } from "./shop";

const shop = openShop({ only: ["reconcile", "health-check"] });

test("a cron leaves its beat under its run's id, and one that has never run is expected from the first look on", async () => {
  await shop.clock.advance(HOUR);
  const beats = await shop.sql<{ name: string; run_id: string | null }>("SELECT name, run_id FROM cron_beats");
  const byName = new Map(beats.map(({ name, run_id }) => [name, run_id]));
  expect([...byName.keys()].sort()).toEqual(Object.keys(CRONS).sort());
  expect(
    [...byName.entries()]
      .filter(([, runId]) => runId !== null)
      .map(([name]) => name)
      .sort(),
  ).toEqual(["health-check", "reconcile"]);
  expect(byName.get("reconcile")).toMatch(/^01/);
});
