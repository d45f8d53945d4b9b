/** `4 March 2026`: no reader takes the day for the month. */
export function day(at: Date): string {
  return at.toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
}

/** `4 March 2026, 15:30 UTC` */
export function moment(at: Date): string {
  return `${day(at)}, ${at.toISOString().slice(11, 16)} UTC`;
}
