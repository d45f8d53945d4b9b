import { MINUTE, SECOND } from "../clock";
import { appEnv } from "../env";

/** How long to wait for the customer, in stretches (ms) that add up to the window: short ones first. */
export function paymentWaits(window = appEnv().PAYMENT_WINDOW_MINUTES * MINUTE): number[] {
  const first = Math.min(30 * SECOND, window);
  const second = Math.min(5 * MINUTE, window - first);
  return [first, second, window - first - second].filter((stretch) => stretch > 0);
}
