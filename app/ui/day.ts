/** Returns a formatter for dates such as `2026-03-01`. A calendar day has no time zone, so both sides use UTC. */
const format = (options: Intl.DateTimeFormatOptions) => {
  const words = new Intl.DateTimeFormat("en-GB", { day: "numeric", timeZone: "UTC", ...options });
  return (date: string): string => words.format(new Date(`${date}T00:00:00Z`));
};

/** Returns `1 Mar`, for the axis of a chart. */
export const shortDay = format({ month: "short" });

/** Returns `1 March 2026`. */
export const longDay = format({ month: "long", year: "numeric" });
