import { SECOND } from "./clock";

/** The engine's first backoff (Inngest's server, pkg/backoff); later ones are longer. */
const FIRST_BACKOFF_MS = 15 * SECOND;

/**
 * Returns the `retry` of an `AppError` for a `Retry-After` header in seconds: the wait in ms, or `true` for a wait that is shorter
 * than the engine's own backoff. In a burst every request gets "1", which would use up the retries within seconds.
 */
export function parseRetryAfter(header: string | null | undefined): number | true {
  const wait = Number(header) * SECOND;
  return wait > FIRST_BACKOFF_MS ? wait : true;
}
