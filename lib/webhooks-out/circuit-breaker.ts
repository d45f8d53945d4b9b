import { HOUR, MINUTE, SECOND } from "../clock";

/** When an endpoint is called, and when its circuit is open. Pure. */

/** This many consecutive failures open the circuit. So a broken deployment opens it quickly, but a single lost packet does not. */
const FAILURE_THRESHOLD = 5;

/** Returns for how long the circuit stays open after so many consecutive failures, in ms. It grows to an hour at most. */
export function openFor(failures: number): number {
  return failures < FAILURE_THRESHOLD ? 0 : Math.min(MINUTE * 2 ** Math.min(failures - FAILURE_THRESHOLD, 10), HOUR);
}

/** Returns `call` if the circuit is closed, `probe` when one call may test the endpoint, or else the wait in ms. */
export function decideCall(
  { failures, openUntil, probeUntil }: { failures: number; openUntil: Date | null; probeUntil: Date | null },
  at: Date,
): "call" | "probe" | number {
  if (failures < FAILURE_THRESHOLD) return "call";
  const until = Math.max(openUntil?.getTime() ?? 0, probeUntil?.getTime() ?? 0);
  return until <= at.getTime() ? "probe" : until - at.getTime();
}

/** Delays between the attempts of one delivery: the recommendation of Standard Webhooks ("Retries"), up to a second day. */
const RETRY_DELAYS_MS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR];

/** Returns the delay in ms after failed attempts, undefined after the last. `Retry-After` prolongs it to an hour at most. */
export function retryDelay(failedAttempts: number, retryAfterMs = 0): number | undefined {
  const delay = RETRY_DELAYS_MS[failedAttempts - 1];
  return delay === undefined ? undefined : Math.max(delay, Math.min(retryAfterMs, HOUR));
}
