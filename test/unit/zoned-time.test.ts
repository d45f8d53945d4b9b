import { expect, test } from "vitest";
import { instantOf, wallClock } from "@/lib/zoned-time";

test("a wall clock's time is one instant: the first one when clocks go back, none when they skip it", () => {
  const instants = [
    ["UTC", "2026-01-01T00:00", "2026-01-01T00:00:00.000Z"],
    ["Europe/Berlin", "2026-07-01T09:00", "2026-07-01T07:00:00.000Z"],
    ["Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59:00.000Z"],
    ["Europe/Berlin", "2026-03-29T02:30", undefined],
    ["Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00:00.000Z"],
    ["Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00.000Z"],
    ["America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00.000Z"],
    ["Asia/Kolkata", "2026-07-01T00:00", "2026-06-30T18:30:00.000Z"],
    ["UTC", "2026-02-30T00:00", undefined],
    ["UTC", "tomorrow", undefined],
  ] as const;
  for (const [zone, local, instant] of instants)
    expect([zone, local, instantOf(zone, local)?.toISOString()]).toEqual([zone, local, instant]);
  expect(wallClock("Europe/Berlin", new Date("2026-01-01T23:00:30Z"))).toBe("2026-01-02T00:00");
});
