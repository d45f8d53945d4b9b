/** A date such as `2026-03-01` in words. It is a day of a calendar and no instant, so no time zone comes into it. */
const format = (options: Intl.DateTimeFormatOptions) => {
  const words = new Intl.DateTimeFormat("en-GB", { day: "numeric", timeZone: "UTC", ...options });
  return (date: string): string => words.format(new Date(`${date}T00:00:00Z`));
};

/** `1 Mar`, for the axis of a chart. */
export const shortDay = format({ month: "short" });

/** `1 March 2026` */
export const longDay = format({ month: "long", year: "numeric" });
