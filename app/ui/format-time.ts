const UNITS = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
  [1_000, "second"],
] as const;

/** Returns a duration in ms as text, rounded down to its largest unit: `3 hours`. */
export function formatDuration(ms: number): string {
  const [size, unit] = UNITS.find(([unitMs]) => ms >= unitMs) ?? [1_000, "second"];
  const count = Math.floor(ms / size);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** Returns a formatter for dates such as `2026-03-01`. A calendar day has no time zone, so both sides use UTC. */
const dayFormat = (options: Intl.DateTimeFormatOptions) => {
  const words = new Intl.DateTimeFormat("en-GB", { day: "numeric", timeZone: "UTC", ...options });
  return (date: string): string => words.format(new Date(`${date}T00:00:00Z`));
};

/** Returns `1 Mar`, for the axis of a chart. */
export const shortDay = dayFormat({ month: "short" });

/** Returns `1 March 2026`. */
export const longDay = dayFormat({ month: "long", year: "numeric" });
