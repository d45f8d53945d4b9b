/** A proportion with its 95 % confidence interval. */
export type Estimate = Record<"value" | "low" | "high", number>;

/** The 97.5th percentile of the standard normal distribution: two-sided 95 %. */
const Z = 1.959963984540054;

/**
 * Returns a proportion with Wilson's score interval, which stays between 0 and 1 and is valid for few observations too
 * (E. B. Wilson 1927, JASA 22:209–212; method 3 of R. G. Newcombe 1998, Statistics in Medicine 17(8):857–872).
 * Returns null without observations.
 */
export function proportion(hits: number, of: number): Estimate | null {
  if (of === 0) return null;
  const value = hits / of;
  const square = Z * Z;
  const middle = 2 * hits + square;
  const spread = Z * Math.sqrt(square + 4 * hits * (1 - value));
  const scale = 2 * (of + square);
  return { value, low: Math.max(0, (middle - spread) / scale), high: Math.min(1, (middle + spread) / scale) };
}

/**
 * Returns the difference `a − b` of two independent proportions. Its interval is made of their score intervals, without
 * continuity correction (method 10 of R. G. Newcombe 1998, Statistics in Medicine 17(8):873–890). If it excludes 0, they differ.
 */
export function difference(a: Estimate, b: Estimate): Estimate {
  const value = a.value - b.value;
  return {
    value,
    low: value - Math.hypot(a.value - a.low, b.high - b.value),
    high: value + Math.hypot(a.high - a.value, b.value - b.low),
  };
}
