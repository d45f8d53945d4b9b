import fc from "fast-check";
import { expect, test } from "vitest";
import { duePeriods, nextAttemptAt, periodStart } from "@/lib/billing/periods";

const monthly = (anchor: string) => ({ anchorAt: new Date(anchor), interval: "month" as const });
const starts = (anchor: string, count: number) =>
  Array.from({ length: count }, (_, period) => periodStart(monthly(anchor), period).toISOString());

test("a month without the anchor's day is charged on its last day, and the next month on the anchor's day again", () => {
  expect(starts("2026-01-31T09:00:00.000Z", 5)).toEqual([
    "2026-01-31T09:00:00.000Z",
    "2026-02-28T09:00:00.000Z",
    "2026-03-31T09:00:00.000Z",
    "2026-04-30T09:00:00.000Z",
    "2026-05-31T09:00:00.000Z",
  ]);
  expect(starts("2027-12-30T00:00:00.000Z", 4)[2]).toBe("2028-02-29T00:00:00.000Z");
});

test("a yearly period after a leap day starts on Feb 28, and on Feb 29 four years later", () => {
  const yearly = { anchorAt: new Date("2028-02-29T12:00:00Z"), interval: "year" as const };
  expect([1, 4].map((period) => periodStart(yearly, period).toISOString())).toEqual([
    "2029-02-28T12:00:00.000Z",
    "2032-02-29T12:00:00.000Z",
  ]);
});

test("a daylight-saving change anywhere moves no charge: the anchor is in UTC", () => {
  const zone = process.env.TZ;
  process.env.TZ = "Europe/Berlin";
  expect(starts("2026-03-15T23:30:00.000Z", 2)[1]).toBe("2026-04-15T23:30:00.000Z");
  process.env.TZ = zone;
});

test.each([
  ["before it starts, nothing is due", "2026-02-28T08:59:59Z", undefined],
  ["at the moment it starts", "2026-02-28T09:00:00Z", { current: 1, missed: [] }],
  ["late in it", "2026-03-31T08:59:59Z", { current: 1, missed: [] }],
  ["at the moment the next one starts", "2026-03-31T09:00:00Z", { current: 2, missed: [1] }],
  [
    "after three months without a run: the current period is charged, the others are missed",
    "2026-05-02T00:00:00Z",
    { current: 3, missed: [1, 2] },
  ],
])("%s", (_when, at, due) => {
  expect(duePeriods(monthly("2026-01-31T09:00:00Z"), 1, new Date(at))).toEqual(due);
});

test("at whatever times it runs, every period is charged or missed exactly once, in order", () => {
  const date = fc.date({ min: new Date("2020-01-01"), max: new Date("2030-01-01"), noInvalidDate: true });
  const gaps = fc.array(fc.integer({ min: 0, max: 200 * 86_400_000 }), { maxLength: 20 });
  fc.assert(
    fc.property(date, gaps, (anchorAt, steps) => {
      const schedule = { anchorAt, interval: "month" as const };
      const seen: number[] = [];
      let at = anchorAt.getTime();
      for (const step of steps) {
        at += step;
        const due = duePeriods(schedule, seen.length + 1, new Date(at));
        if (due) seen.push(...due.missed, due.current);
      }
      expect(seen).toEqual(seen.map((_, index) => index + 1));
      expect(periodStart(schedule, seen.length + 1).getTime()).toBeGreaterThan(at);
    }),
  );
});

test("dunning: one, three and five days after the first failure, then never", () => {
  const first = new Date("2026-03-01T09:00:00Z");
  expect([1, 2, 3, 4, 9].map((attempt) => nextAttemptAt(first, attempt)?.toISOString() ?? null)).toEqual([
    "2026-03-02T09:00:00.000Z",
    "2026-03-04T09:00:00.000Z",
    "2026-03-06T09:00:00.000Z",
    null,
    null,
  ]);
});
