import { expect, test } from "vitest";
import { decideCall, openFor, pauseAfter } from "@/lib/webhooks-out/circuit-breaker";

const MINUTE = 60_000;
const at = new Date("2026-01-05T09:00:00Z");
const later = (ms: number) => new Date(at.getTime() + ms);

test.each([
  ["closed, although it failed of late", { failures: 4, openUntil: null, probeUntil: null }, "call"],
  ["open", { failures: 5, openUntil: later(MINUTE), probeUntil: null }, MINUTE],
  ["open, its time over", { failures: 5, openUntil: at, probeUntil: null }, "probe"],
  ["half open, a probe under way", { failures: 9, openUntil: at, probeUntil: later(5_000) }, 5_000],
  ["half open, a probe that never ended", { failures: 9, openUntil: at, probeUntil: at }, "probe"],
])("%s", (_name, state, decision) => {
  expect(decideCall(state, at)).toBe(decision);
});

test("the circuit stays open for longer with each failure, an hour at most", () => {
  expect([4, 5, 6, 7, 11, 1_000].map((failures) => openFor(failures) / MINUTE)).toEqual([0, 1, 2, 4, 60, 60]);
});

test("the tries of a delivery reach over more than a day, and a receiver's wish to wait is heard, up to an hour", () => {
  const pauses = Array.from({ length: 10 }, (_, index) => pauseAfter(index + 1));
  const total = pauses.reduce<number>((sum, pause) => sum + (pause ?? 0), 0);
  expect(total).toBeGreaterThan(24 * 60 * MINUTE);
  expect(pauses.filter((pause) => pause === undefined)).toHaveLength(3);
  expect(pauseAfter(1, 90_000)).toBe(90_000);
  expect(pauseAfter(1, 999 * 60 * MINUTE)).toBe(60 * MINUTE);
});
