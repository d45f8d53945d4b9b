import { SECOND } from "./clock";

/** The engine's own first pause (Inngest's server, pkg/backoff); those after it grow. */
const FIRST_PAUSE = 15 * SECOND;

/**
 * What a `Retry-After` header, in seconds, comes to as `AppError`'s `retry`: the wait in milliseconds, or the engine's pauses
 * where it asks for a shorter one. In a burst everybody is told "1", and would use up in seconds the retries meant for hours.
 */
export function parseRetryAfter(header: string | null | undefined): number | true {
  const wait = Number(header) * SECOND;
  return wait > FIRST_PAUSE ? wait : true;
}
