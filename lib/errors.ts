import { SECOND } from "./clock";

/** An error in one field of a request. `path` is a JSON path without the `$.`, such as `items.0.quantity`. */
export interface FieldError {
  path: string;
  message: string;
}

export interface AppErrorOptions {
  /** Whether a retry of the same request can succeed. A number is the wait before it, in ms. */
  retry?: boolean | number;
  errors?: FieldError[];
  /** Further members of the problem (RFC 9457, section 3.2), such as the new total. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

/** An expected error: a stable code, its HTTP status, and whether a retry can succeed. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly retry: boolean | number;
  readonly errors: FieldError[];
  readonly details: Record<string, unknown>;

  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    { retry = false, errors = [], details = {}, cause }: AppErrorOptions = {},
  ) {
    super(message, { cause });
    this.retry = retry;
    this.errors = errors;
    this.details = details;
  }
}

export const notFound = (what: string) => new AppError("not_found", 404, `There is no such ${what}.`);

export const invalid = (message: string, errors: FieldError[] = []) =>
  new AppError("validation_failed", 422, message, { errors });

export const conflict = (code: string, message: string, errors: FieldError[] = []) =>
  new AppError(code, 409, message, { errors });

/** Returns the message of a thrown value of any type. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

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
