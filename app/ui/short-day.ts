const format = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", timeZone: "UTC" });

/** A date such as `2026-03-01` for the axis of a chart: `Mar 1`. */
export const shortDay = (date: string): string => format.format(new Date(`${date}T00:00:00Z`));
