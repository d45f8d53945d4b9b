/** How a time is written: in a table, so that a column can be read from top to bottom, or in words. */
export type TimeStyle = "table" | "words";

/** Swedish writes a time as `2026-11-29 02:09`. */
const STYLES: Record<TimeStyle | "zone", [locale: string, options: Intl.DateTimeFormatOptions]> = {
  table: ["sv-SE", { dateStyle: "short", timeStyle: "short" }],
  words: ["en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }],
  zone: ["en-GB", { dateStyle: "full", timeStyle: "long" }],
};

/** A formatter is slow to make, and a page has many times. */
const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: Date, timeZone: string, style: keyof typeof STYLES): string {
  const key = `${style} ${timeZone}`;
  const [locale, options] = STYLES[style];
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, { ...options, timeZone });
  formats.set(key, known);
  return known.format(at);
}

/** Returns a time in a time zone as text, with the text that explains it: the weekday, the seconds and the zone. Pure. */
export const zonedTime = (at: Date, zone: string, style: TimeStyle) => ({
  text: format(at, zone, style),
  title: `${format(at, zone, "zone")} (${zone})`,
});
