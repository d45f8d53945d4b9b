import { DAY } from "./clock";

/** Returns the wall clock of a time zone at an instant, such as `2026-03-29T02:30`. */
export const wallClock = (zone: string, at: Date): string =>
  // Swedish writes times as ISO 8601 does.
  at.toLocaleString("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).replace(" ", "T");

/**
 * Returns the instant at which the wall clock of a time zone shows `local`, such as `2026-03-29T02:30`. When clocks go back, it is
 * the first one. Returns undefined for a time that does not exist, such as one that is skipped when clocks go forward.
 */
export function instantOf(zone: string, local: string): Date | undefined {
  const asUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  const offsetAt = (at: number) => Date.parse(`${wallClock(zone, new Date(at))}Z`) - at;
  // The offsets before and after a possible change of clocks.
  const candidates = [asUtc - offsetAt(asUtc - DAY), asUtc - offsetAt(asUtc + DAY)].sort((a, b) => a - b);
  const found = candidates.find((at) => wallClock(zone, new Date(at)) === local);
  return found === undefined ? undefined : new Date(found);
}
