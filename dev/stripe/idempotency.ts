import { createHash } from "node:crypto";
import type { Clock } from "../engine/clock";
import { StripeError } from "./errors";
import type { Collection } from "./shared/journal";

/** The kept answer of a key ("Idempotent requests"). */
export interface KeptAnswer {
  /** The key. */
  id: string;
  at: number;
  path: string;
  fingerprint: string;
  requestId: string;
  status: number;
  body: string;
}

const KEPT_FOR = 24 * 60 * 60 * 1000;
const LONGEST = 255;

function conflict(message: string): StripeError {
  return new StripeError(400, { type: "idempotency_error", message }, false);
}

/** The same parameters in another order are the same request. */
export function fingerprint(body: string): string {
  const pairs = [...new URLSearchParams(body)].map(([name, value]) => JSON.stringify([name, value])).sort();
  return createHash("sha256").update(pairs.join("\n")).digest("hex");
}

/** Keys with their answers, for 24 hours, and the keys in use right now. */
export class IdempotencyKeys {
  private readonly inUse = new Set<string>();

  constructor(
    private readonly clock: Clock,
    private readonly kept: Collection<KeptAnswer>,
  ) {}

  /** The kept answer, or nothing: then the key is taken until `release`. Throws what Stripe answers to a misused key. */
  take(key: string, path: string, print: string): KeptAnswer | undefined {
    if (key.length > LONGEST)
      throw conflict(`Idempotency keys can be at most ${LONGEST} characters long; yours has ${key.length}.`);
    this.forgetOld();
    const found = this.kept.get(key);
    if (found && found.path !== path) {
      throw conflict(
        `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${path}' vs '${found.path}'). Try using a key other than '${key}' if you meant to execute a different request.`,
      );
    }
    if (found && found.fingerprint !== print) {
      throw conflict(
        `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      );
    }
    if (found) return found;
    if (this.inUse.has(key)) {
      throw new StripeError(
        409,
        {
          type: "idempotency_error",
          code: "idempotency_key_in_use",
          message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
        },
        false,
        { "stripe-should-retry": "true" },
      );
    }
    this.inUse.add(key);
    return undefined;
  }

  keep(answer: Omit<KeptAnswer, "at">): void {
    this.kept.put({ ...answer, at: this.clock.now() });
  }

  release(key: string): void {
    this.inUse.delete(key);
  }

  private forgetOld(): void {
    for (const answer of this.kept.values()) {
      if (answer.at > this.clock.now() - KEPT_FOR) return;
      this.kept.delete(answer.id);
    }
  }
}
