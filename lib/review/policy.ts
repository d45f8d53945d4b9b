import { HOUR, MINUTE, SECOND } from "../clock";
import { reviewEnv } from "../env";
import type { Money } from "../money";

/** Returns whether an order is of high value: at least the amount configured for its currency. Other currencies have none. */
export function isHighValue({ amount, currency }: Money, from = reviewEnv().REVIEW_FROM): boolean {
  const minimum = from.get(currency);
  return minimum !== undefined && amount >= minimum;
}

/** Returns how long a paid order waits for a manager before it is cancelled, in ms. */
export const holdTime = (): number => reviewEnv().REVIEW_HOLD_HOURS * HOUR;

/** Returns how long before the end managers are reminded, in ms: a quarter of the time. */
export const reminderTime = (hold = holdTime()): number => hold / 4;

/**
 * Returns the waits (ms) that add up to a hold. The database is read after each. The first ones are short, because a wait does not
 * receive a decision that came just before it.
 */
export function reviewWaits(hold = holdTime()): number[] {
  const first = 30 * SECOND;
  const second = 10 * MINUTE;
  return [first, second, hold - first - second];
}
