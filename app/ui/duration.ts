const UNITS = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
  [1_000, "second"],
] as const;

/** Returns a duration in ms as text, rounded down to its largest unit: `3 hours`. */
export function formatDuration(ms: number): string {
  const [size, unit] = UNITS.find(([one]) => ms >= one) ?? [1_000, "second"];
  const count = Math.floor(ms / size);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
