import { cron } from "inngest";
import { afterEach, expect, it } from "vitest";
import { cronError, nextCron } from "../../dev/engine/cron";
import { type World, world } from "./harness";

const HOUR = 3_600_000;

let w: World | undefined;
afterEach(() => w?.close());

it("runs the function at each moment of its schedule, with the expression in the event", async () => {
  const at: string[] = [];
  w = await world((client) => [
    client.createFunction({ id: "f", triggers: cron("30 */6 * * *") }, ({ event }) => {
      at.push(`${new Date(w?.clock.now() ?? 0).toISOString()} ${event.data.cron}`);
    }),
  ]);
  await w.clock.advance(13 * HOUR);
  expect(at).toEqual([0, 6, 12].map((hour) => `2030-01-01T${String(hour).padStart(2, "0")}:30:00.000Z 30 */6 * * *`));
});

it("counts in the time zone named, and in UTC otherwise", () => {
  const summer = Date.UTC(2030, 6, 1);
  expect(nextCron("TZ=Europe/Paris 0 9 * * *", summer)).toBe(Date.UTC(2030, 6, 1, 7));
  expect(nextCron("0 9 * * *", summer)).toBe(Date.UTC(2030, 6, 1, 9));
});

it("is a run's event as the server makes it, and one run for two schedules that meet", async () => {
  const seen: unknown[] = [];
  w = await world((client) => [
    client.createFunction({ id: "f", triggers: [cron("0 * * * *"), cron("0 1 * * *")] }, ({ event }) => {
      seen.push(event);
    }),
  ]);
  await w.clock.advance(HOUR);
  const at = "2030-01-01T01:00:00Z";
  const data = { cron: expect.any(String), fireAt: at, scheduledAt: at };
  expect(seen).toEqual([{ id: at, name: "inngest/scheduled.timer", data, ts: Date.parse(at), user: {} }]);
});

it("adds its jitter of at least a second to each run without moving the schedule", async () => {
  const at: number[] = [];
  w = await world((client) => [
    client.createFunction({ id: "f", triggers: [{ cron: "0 * * * *", jitter: "5m" } as never] }, () => {
      at.push((w?.clock.now() ?? 0) % HOUR);
    }),
  ]);
  await w.clock.advance(5 * HOUR + HOUR / 2);
  expect(at).toHaveLength(5);
  expect(Math.max(...at)).toBeLessThan(300_000);
  expect(Math.min(...at)).toBeGreaterThanOrEqual(1000);
  expect(new Set(at).size).toBeGreaterThan(1);
});

it.each([
  "@daily",
  "@hourly",
  "0 9 * * 7",
  "0 9 L * *",
  "0 9 * * 1#2",
  "0 9 15W * *",
  "0 9 * * 5L",
  "* * * *",
  "* * * * * *",
  "61 * * * *",
  "TZ=Nowhere/Land 0 9 * * *",
  "often",
])("refuses %s", (expression) => {
  expect(cronError(expression)).toContain(expression);
});

it.each([
  ["0/15 * * * *", "00:15"],
  ["1/5 * * * *", "00:01"],
  ["*/70 * * * *", "01:00"],
  ["30 2 * * tue", "02:30"],
  ["5 4 1-3,10 jan ?", "04:05"],
])("takes %s as the server does", (expression, first) => {
  // A Tuesday.
  const midnight = Date.UTC(2030, 0, 1);
  expect(new Date(nextCron(expression, midnight) ?? 0).toISOString().slice(0, 16)).toBe(`2030-01-01T${first}`);
});
