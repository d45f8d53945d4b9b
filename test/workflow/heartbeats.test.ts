import { expect, test } from "vitest";
import { crons } from "@/lib/heartbeats";
import { HOUR, openShop } from "./shop";

/** Those of the schedules that fire within an hour; `heartbeats-rare.test.ts` has the others. */
const OFTEN = ["reconcile", "check-invariants", "health-check"];
const shop = openShop({ only: OFTEN });

test("a cron leaves its heartbeat under its run's id, and one that has never run is expected from the first look on", async () => {
  await shop.clock.advance(HOUR);
  const heartbeats = await shop.sql<{ name: string; run_id: string | null }>(
    "SELECT name, run_id FROM cron_heartbeats",
  );
  const byName = new Map(heartbeats.map(({ name, run_id }) => [name, run_id]));
  expect([...byName.keys()].sort()).toEqual(
    crons()
      .map(({ name }) => name)
      .sort(),
  );
  for (const { name } of crons())
    expect([name, byName.get(name)]).toEqual([name, OFTEN.includes(name) ? expect.stringMatching(/^01/) : null]);
});
