import { storeEnv } from "@/lib/env";
import { wallClock } from "@/lib/zoned-time";

/** Returns the start of a broadcast in the store's time zone, as its author entered it. */
export function startText(scheduledAt: Date): string {
  const zone = storeEnv().STORE_TIME_ZONE;
  return `${wallClock(zone, scheduledAt).replace("T", " ")} (${zone})`;
}
