import { createHash } from "node:crypto";
import type { Variant } from "./experiments";

/**
 * Returns the variant of a user: always the same one, and independent of other experiments, because both ids go into the
 * hash. Over many users each variant gets its share of the weights.
 */
export function assignVariant(experimentId: string, userId: string, variants: readonly Variant[]): Variant {
  const point = uniform(`${experimentId}:${userId}`) * variants.reduce((sum, { weight }) => sum + weight, 0);
  let upTo = 0;
  for (const variant of variants) {
    upTo += variant.weight;
    if (point < upTo) return variant;
  }
  throw new Error(`Experiment ${experimentId} has no variant with a weight.`);
}

/** Returns a number from 0 up to 1, from 48 bits of SHA-256. */
function uniform(text: string): number {
  return createHash("sha256").update(text).digest().readUIntBE(0, 6) / 2 ** 48;
}
