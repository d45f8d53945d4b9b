import { createHash } from "node:crypto";
import type { Clock } from "../engine/clock";
import type { Collection } from "./journal";

/** The answer that an idempotency key got. */
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

export type Taken =
  | { state: "new" }
  | { state: "in_use" }
  | { state: "kept"; answer: KeptAnswer }
  | { state: "other"; answer: KeptAnswer };

/** Both Stripe and Resend keep a key for 24 hours ("Idempotent requests", "Idempotency keys"). */
const KEPT_FOR = 24 * 60 * 60 * 1000;

export const fingerprint = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Idempotency keys with their answers, and the keys in use right now. */
export class KeptAnswers {
  private readonly inUse = new Set<string>();

  constructor(
    private readonly clock: Clock,
    private readonly kept: Collection<KeptAnswer>,
  ) {}

  /** What is known of the key. `new` takes it until `release`; `other` means it belongs to another request. */
  take(key: string, path: string, print: string): Taken {
    this.forgetOld();
    const answer = this.kept.get(key);
    if (answer) return { state: answer.path === path && answer.fingerprint === print ? "kept" : "other", answer };
    if (this.inUse.has(key)) return { state: "in_use" };
    this.inUse.add(key);
    return { state: "new" };
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
