import type { Clock } from "../engine/clock";
import { ResendError } from "./errors";

const WINDOW = 1000;

/** Requests per second for the whole team, with the headers of every answer (docs: "Usage Limits"). */
export class RateLimit {
  private window = 0;
  private used = 0;

  constructor(
    private readonly clock: Clock,
    /** 0: none. */
    private readonly perSecond: number,
  ) {}

  /** Counts a request; returns the headers for its answer or throws the 429. */
  count(): Record<string, string> {
    if (this.perSecond === 0) return {};
    const window = Math.floor(this.clock.now() / WINDOW);
    if (window !== this.window) {
      this.window = window;
      this.used = 0;
    }
    this.used += 1;
    const headers = {
      "ratelimit-limit": String(this.perSecond),
      "ratelimit-remaining": String(Math.max(0, this.perSecond - this.used)),
      "ratelimit-reset": "1",
    };
    if (this.used > this.perSecond) throw tooMany(this.perSecond, headers);
    return headers;
  }
}

export function tooMany(perSecond: number, headers: Record<string, string> = {}): ResendError {
  return new ResendError(
    429,
    "rate_limit_exceeded",
    `Too many requests. You can only make ${perSecond} requests per second. See rate limit response headers for more information. Or contact support to increase rate limit.`,
    {
      "ratelimit-limit": String(perSecond),
      "ratelimit-remaining": "0",
      "ratelimit-reset": "1",
      ...headers,
      "retry-after": "1",
    },
  );
}
