import { expect, test } from "vitest";
import { crons } from "@/lib/heartbeats";
import { HOUR, openShop } from "./shop";

/** Those of the schedules that fire some times a day or less, over the days that it takes all of them. */
const RARE = ["daily-digest", "daily-report", "billing-cycle", "cleanup-old-data"];
const shop = openShop({ only: RARE });

test("a cron that fires once a day or once a week leaves its heartbeat each time", async () => {
  await shop.clock.advance(6 * 24 * HOUR);
  const heartbeats = await shop.sql<{ name: string; at: Date; run_id: string }>(
    "SELECT name, at, run_id FROM cron_heartbeats",
  );
  expect(heartbeats.map(({ name }) => name).sort()).toEqual([...RARE].sort());
  for (const { name, at, run_id } of heartbeats) {
    expect(run_id).toMatch(/^01/);
    expect([
      name,
      shop.clock.now() - at.getTime() < (crons().find((cron) => cron.name === name)?.intervalMs ?? 0),
    ]).toEqual([name, true]);
  }
});
