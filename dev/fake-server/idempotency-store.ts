import { createHash } from "node:crypto";
import type { Clock } from "../shared/clock";
import type { Records } from "../shared/store";

/** The stored answer to the first request with an idempotency key. */
export interface StoredAnswer {
  /** The key. */
  id: string;
  at: number;
  path: string;
  fingerprint: string;
  requestId: string;
  status: number;
  body: string;
}

/** `mismatch`: the key belongs to a request with another path or other parameters. */
export type Claim =
  | { state: "new" }
  | { state: "in_use" }
  | { state: "stored"; answer: StoredAnswer }
  | { state: "mismatch"; answer: StoredAnswer };

/** Both Stripe and Resend store a key for 24 hours ("Idempotent requests", "Idempotency keys"). */
const KEY_TTL_MS = 24 * 60 * 60 * 1000;

export const fingerprintOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Idempotency keys with their answers, and the keys that are in use. */
export class IdempotencyStore {
  private readonly inUse = new Set<string>();

  constructor(
    private readonly clock: Clock,
    private readonly answers: Records<StoredAnswer>,
  ) {}

  /** The state of the key. A `new` key is in use until `release`. */
  claim(key: string, path: string, parameters: string): Claim {
    this.deleteExpired();
    const answer = this.answers.get(key);
    if (answer) {
      const same = answer.path === path && answer.fingerprint === fingerprintOf(parameters);
      return { state: same ? "stored" : "mismatch", answer };
    }
    if (this.inUse.has(key)) return { state: "in_use" };
    this.inUse.add(key);
    return { state: "new" };
  }

  save(answer: Omit<StoredAnswer, "at" | "fingerprint">, parameters: string): void {
    this.answers.save({ ...answer, at: this.clock.now(), fingerprint: fingerprintOf(parameters) });
  }

  release(key: string): void {
    this.inUse.delete(key);
  }

  private deleteExpired(): void {
    for (const answer of this.answers.values()) {
      if (answer.at > this.clock.now() - KEY_TTL_MS) return;
      this.answers.delete(answer.id);
    }
  }
}
