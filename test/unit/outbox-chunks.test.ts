import fc from "fast-check";
import { expect, test } from "vitest";
import type { OutgoingEvent } from "@/lib/events";
import { toChunks } from "@/lib/outbox-send";

const event = (bytes: number, index = 0): OutgoingEvent => ({
  name: "order/cancelled",
  id: String(index),
  data: { orderId: "o", reason: "x".repeat(bytes) },
});

test("whatever the events, each goes out once, in order, in requests of at most 1,000 events and a megabyte", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 65_000 }), { maxLength: 60 }), (sizes) => {
      const events = sizes.map(event);
      const requests = toChunks(events);
      expect(requests.flat()).toEqual(events);
      for (const request of requests) {
        expect(request.length).toBeGreaterThan(0);
        expect(JSON.stringify(request).length).toBeLessThan(1_010_000);
      }
    }),
    { numRuns: 50 },
  );
});

test("2,500 small events are three requests", () => {
  expect(toChunks(Array.from({ length: 2_500 }, (_, index) => event(1, index))).map((chunk) => chunk.length)).toEqual([
    1_000, 1_000, 500,
  ]);
});

test("no events are no requests", () => {
  expect(toChunks([])).toEqual([]);
});
