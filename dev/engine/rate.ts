import type { Rate } from "./model";
import type { Table } from "./table";

/**
 * The generic cell rate algorithm: `capacity` starts at once, then one each `period / limit`
 * (server: pkg/constraintapi/lua/helper/gcra.lua). `table` holds the theoretical arrival time of each key.
 * Returns undefined when the start may happen, and counts it; else the moment to try again.
 */
export function take(table: Table<number>, key: string, rate: Rate, now: number): number | undefined {
  const emission = rate.period / rate.limit;
  const arrival = Math.max(table.get(key) ?? now, now) + emission;
  const allowedAt = arrival - emission * rate.capacity;
  if (now < allowedAt) return Math.ceil(allowedAt);
  table.put(key, arrival);
  return undefined;
}
