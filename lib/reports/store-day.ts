import { HOUR } from "../clock";

/** The store's own calendar. Pure. Dates are `2026-03-29`. A day has 23 or 25 hours when clocks change. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns the date in `zone` at an instant. */
export function dateIn(zone: string, at: Date): string {
  let format = formats.get(zone);
  if (!format) {
    // Canadian English writes dates as ISO 8601 does.
    format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
    formats.set(zone, format);
  }
  return format.format(at);
}

export type Day = ReturnType<typeof dayIn>;

/** Returns the first instant of a date in `zone`, and the first of the next. Days follow one another without gap or overlap. */
export function dayIn(zone: string, date: string) {
  return { date, zone, from: startOf(zone, date), until: startOf(zone, addDays(date, 1)) };
}

export function addDays(date: string, days: number): string {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
}

/** A binary search, because midnight may not exist: the day starts at one where clocks go forward at midnight. */
function startOf(zone: string, date: string): Date {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // No zone is further than 14 hours from UTC.
  let [before, after] = [midnight - 15 * HOUR, midnight + 15 * HOUR];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (dateIn(zone, new Date(middle)) < date) before = middle;
    else after = middle;
  }
  return new Date(after);
}
