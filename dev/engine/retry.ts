import type { Core } from "./core";
import { DAY } from "./duration";
import type { Job } from "./model";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Delays before each retry (server: pkg/backoff/backoff.go). The last one applies to all further retries. */
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

/** A retry-after is limited to this range (server: consts.MinRetryDuration, MaxRetryDuration). */
const MIN_RETRY_MS = SECOND;
const MAX_RETRY_MS = DAY;

/** Delays while nothing listens at the app's address. */
const UNREACHABLE_DELAYS_MS = [1, 2, 5, 10].map((seconds) => seconds * SECOND);

/** The time of the next attempt: as the app asked, or by the backoff table. */
export function retryAt(core: Core, attempt: number, retryAfter: string | undefined): number {
  const now = core.clock.now();
  const asked = retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, now);
  if (asked !== undefined) return asked;
  const delay = BACKOFF[Math.min(attempt, BACKOFF.length - 1)] ?? 0;
  return now + delay + Math.floor(core.random() * JITTER);
}

/** Parses seconds, counted from the current whole second, or a date (server: pkg/execution/driver/httpdriver/parse.go). */
function parseRetryAfter(text: string, now: number): number | undefined {
  const second = Math.floor(now / SECOND) * SECOND;
  const at = /^[1-9]\d{0,6}$/.test(text) ? second + Number(text) * SECOND : Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  if (at - now < MIN_RETRY_MS) return second + MIN_RETRY_MS;
  return at - now > MAX_RETRY_MS ? second + MAX_RETRY_MS : at;
}

/** Counts the failed attempt and schedules the next one at `at`. */
export function retryJob(core: Core, job: Job, at: number): void {
  core.queue.retry({ ...job, attempt: job.attempt + 1, at });
}

/**
 * Schedules another call to an app that cannot be reached. This does not count as an attempt. Otherwise restarting the
 * app for a minute would use up the retries of every run. (The real server counts it.)
 */
export function retryUnreachable(core: Core, job: Job): void {
  const delay = UNREACHABLE_DELAYS_MS[Math.min(job.refused, UNREACHABLE_DELAYS_MS.length - 1)] ?? 0;
  core.queue.retry({ ...job, refused: job.refused + 1, at: core.clock.now() + delay });
}
