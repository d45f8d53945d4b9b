import { expect, test } from "vitest";
import { addDays, dateIn, dayIn } from "@/lib/reports/store-day";

const HOUR = 3_600_000;

test.each([
  ["Europe/Berlin", "2026-01-15", 24, "2026-01-14T23:00:00.000Z"],
  ["Europe/Berlin", "2026-03-29", 23, "2026-03-28T23:00:00.000Z"],
  ["Europe/Berlin", "2026-10-25", 25, "2026-10-24T22:00:00.000Z"],
  ["America/New_York", "2026-03-08", 23, "2026-03-08T05:00:00.000Z"],
  ["Australia/Lord_Howe", "2026-04-05", 24.5, "2026-04-04T13:00:00.000Z"],
  ["Pacific/Kiritimati", "2026-01-01", 24, "2025-12-31T10:00:00.000Z"],
  // Clocks go forward at midnight: the day begins at one.
  ["Africa/Cairo", "2026-04-24", 23, "2026-04-23T22:00:00.000Z"],
  ["UTC", "2028-02-29", 24, "2028-02-29T00:00:00.000Z"],
])("in %s, %s has %d hours from %s", (zone, date, hours, from) => {
  const day = dayIn(zone, date);
  expect([day.from.toISOString(), (day.until.getTime() - day.from.getTime()) / HOUR]).toEqual([from, hours]);
});

test("the days of a year follow one another without gap or overlap, and each instant is of its date", () => {
  for (const zone of ["Europe/Berlin", "America/St_Johns", "Asia/Kathmandu"]) {
    let date = "2026-01-01";
    for (let n = 0; n < 365; n++, date = addDays(date, 1)) {
      const { from, until } = dayIn(zone, date);
      expect(dayIn(zone, addDays(date, 1)).from).toEqual(until);
      expect([dateIn(zone, from), dateIn(zone, new Date(until.getTime() - 1))]).toEqual([date, date]);
    }
  }
});
