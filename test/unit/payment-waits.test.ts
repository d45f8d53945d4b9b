import fc from "fast-check";
import { expect, test } from "vitest";
import { paymentWaits } from "@/lib/payments/payment-policy";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

test("half an hour is split into waits of 30 s, 5 min and the rest", () => {
  expect(paymentWaits(30 * MINUTE)).toEqual([30 * SECOND, 5 * MINUTE, 24.5 * MINUTE]);
});

test("for every window the waits add up to it, and none is empty", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_440 }), (minutes) => {
      const waits = paymentWaits(minutes * MINUTE);
      expect(waits.reduce((sum, wait) => sum + wait, 0)).toBe(minutes * MINUTE);
      expect(Math.min(...waits)).toBeGreaterThan(0);
    }),
  );
});
