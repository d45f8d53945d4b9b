import { HOUR, MINUTE, SECOND } from "../clock";
import { reviewEnv } from "../env";
import type { Money } from "../money";

/** Which orders a manager looks at, and how long one may wait for that. Pure, apart from the configuration. */

/** Whether an order is of high value: at or above what is configured for its currency. Other currencies have no limit. */
export function isHighValue({ amount, currency }: Money, from = reviewEnv().REVIEW_FROM): boolean {
  const least = from.get(currency);
  return least !== undefined && amount >= least;
}

/** How long a paid order waits for a manager until it is given up, in ms. */
export const holdTime = (): number => reviewEnv().REVIEW_HOLD_HOURS * HOUR;

/** How long before that managers are reminded, in ms: with a quarter of the time left. */
export const reminderTime = (hold = holdTime()): number => hold / 4;

/**
 * The waits (ms) that a hold is made of: short ones first, because a wait does not see a decision that came just before it,
 * and the database is read after each.
 */
export function reviewWaits(hold = holdTime()): number[] {
  const first = 30 * SECOND;
  const second = 10 * MINUTE;
  return [first, second, hold - first - second];
}
