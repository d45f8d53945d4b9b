import { after, DAY } from "../clock";

/** Days after the first failure on which a charge is attempted again. */
const DUNNING_DAYS = [1, 3, 5] as const;

/** When a charge whose attempt number `attempt` (from 1) has failed is attempted again; never, when that was the last. */
export function nextAttemptAt(firstFailedAt: Date, attempt: number): Date | null {
  const days = DUNNING_DAYS[attempt - 1];
  return days === undefined ? null : after(days * DAY, firstFailedAt);
}
