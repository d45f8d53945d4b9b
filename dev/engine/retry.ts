import type { Core } from "./core";
import { DAY } from "./duration";
import type { Job } from "./model";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Delays before each retry (server: pkg/backoff/backoff.go); the last one serves for all further ones. */
const BACKOFF = [
  15 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  20 * MINUTE,
  40 * MINUTE,
  60 * MINUTE,
  120 * MINUTE,
];
const JITTER = 30 * SECOND;

/** A retry-after is clipped to these (server: consts.MinRetryDuration, MaxRetryDuration). */
const SOONEST = SECOND;
const LATEST = DAY;

/** Delays while nothing listens at the app's address. */
const REFUSED = [1, 2, 5, 10].map((seconds) => seconds * SECOND);

/** When an attempt that failed is made again: as the app asked, or by the backoff table. */
export function retryAt(core: Core, attempt: number, retryAfter: string | undefined): number {
  const now = core.clock.now();
  const asked = retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, now);
  if (asked !== undefined) return asked;
  const delay = BACKOFF[Math.min(attempt, BACKOFF.length - 1)] ?? 0;
  return now + delay + Math.floor(core.random() * JITTER);
}

/** Seconds, counted from the present whole second, or a date (server: pkg/execution/driver/httpdriver/parse.go). */
function parseRetryAfter(text: string, now: number): number | undefined {
  const second = Math.floor(now / SECOND) * SECOND;
  const at = /^[1-9]\d{0,6}$/.test(text) ? second + Number(text) * SECOND : Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  if (at - now < SOONEST) return second + SOONEST;
  return at - now > LATEST ? second + LATEST : at;
}

/** Counts the failed attempt and makes the next one at `at`. */
export function failed(core: Core, job: Job, at: number): void {
  core.queue.retry({ ...job, attempt: job.attempt + 1, at });
}

/**
 * The app is not there. That is no attempt of the function, or restarting the app for a minute would use up the retries
 * of everything under way. (The real server counts it.)
 */
export function notReached(core: Core, job: Job): void {
  const delay = REFUSED[Math.min(job.refused, REFUSED.length - 1)] ?? 0;
  core.queue.retry({ ...job, refused: job.refused + 1, at: core.clock.now() + delay });
}
