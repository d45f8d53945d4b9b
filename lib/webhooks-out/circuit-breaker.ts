import { HOUR, MINUTE, SECOND } from "../clock";

/** When an endpoint is called, and when it is left alone. Pure. */

/** So many failed calls in a row open the circuit: one bad deploy is that quickly noticed, one lost packet is not. */
const THRESHOLD = 5;

/** For how long an endpoint is left alone after so many failures in a row, in ms; growing, an hour at most. */
export function openFor(failures: number): number {
  return failures < THRESHOLD ? 0 : Math.min(MINUTE * 2 ** Math.min(failures - THRESHOLD, 10), HOUR);
}

export interface CircuitState {
  failures: number;
  openUntil: Date | null;
  probeUntil: Date | null;
}

/** `call` when the circuit is closed, `probe` when it is time for the one call that may close it, else the wait in ms. */
export function decideCall({ failures, openUntil, probeUntil }: CircuitState, at: Date): "call" | "probe" | number {
  if (failures < THRESHOLD) return "call";
  const until = Math.max(openUntil?.getTime() ?? 0, probeUntil?.getTime() ?? 0);
  return until <= at.getTime() ? "probe" : until - at.getTime();
}

/** Between the tries of one delivery, in ms: Standard Webhooks' recommendation ("Retries"), to the end of a second day. */
const PAUSES = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR];

/** How long to wait after the `failed`-th failed try, no less than the receiver asked for; undefined when it was the last. */
export function pauseAfter(failed: number, asked = 0): number | undefined {
  const pause = PAUSES[failed - 1];
  return pause === undefined ? undefined : Math.max(pause, Math.min(asked, HOUR));
}
