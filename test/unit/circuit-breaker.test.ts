import { expect, test } from "vitest";
import { decideCall, openFor, retryDelay } from "@/lib/webhooks-out/circuit-breaker";

const MINUTE = 60_000;
const at = new Date("2026-01-05T09:00:00Z");
const later = (ms: number) => new Date(at.getTime() + ms);

test.each([
  ["closed after fewer failures than the threshold", { failures: 4, openUntil: null, probeUntil: null }, "call"],
  ["open", { failures: 5, openUntil: later(MINUTE), probeUntil: null }, MINUTE],
  ["open, and its time is over", { failures: 5, openUntil: at, probeUntil: null }, "probe"],
  ["half open, with a probe under way", { failures: 9, openUntil: at, probeUntil: later(5_000) }, 5_000],
  ["half open, with a probe that never ended", { failures: 9, openUntil: at, probeUntil: at }, "probe"],
])("%s", (_name, state, decision) => {
  expect(decideCall(state, at)).toBe(decision);
});

test("each failure keeps the circuit open longer, an hour at most", () => {
  expect([4, 5, 6, 7, 11, 1_000].map((failures) => openFor(failures) / MINUTE)).toEqual([0, 1, 2, 4, 60, 60]);
});

test("the attempts of a delivery span more than a day, and Retry-After prolongs a delay, up to an hour", () => {
  const delays = Array.from({ length: 10 }, (_, index) => retryDelay(index + 1));
  const total = delays.reduce<number>((sum, delay) => sum + (delay ?? 0), 0);
  expect(total).toBeGreaterThan(24 * 60 * MINUTE);
  expect(delays.filter((delay) => delay === undefined)).toHaveLength(3);
  expect(retryDelay(1, 90_000)).toBe(90_000);
  expect(retryDelay(1, 999 * 60 * MINUTE)).toBe(60 * MINUTE);
});
