/** Formats a day as `4 March 2026`, which every reader understands in the same way. */
export function day(at: Date): string {
  return at.toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
}

/** Formats a moment as `4 March 2026, 15:30 UTC`. */
export function moment(at: Date): string {
  return `${day(at)}, ${at.toISOString().slice(11, 16)} UTC`;
}
