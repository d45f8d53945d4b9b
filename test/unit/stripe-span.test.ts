import { expect, test } from "vitest";
import { readSpan } from "@/lib/stripe";

const HOUR = 3_600;
/** The cursor: a time in seconds. What is read ends a quarter of an hour before the round. */
const FROM = 1_700_000_000;

/** A list at Stripe, newest first. `from` and `to` are hours after the cursor. */
function busy(...times: { from: number; to: number; objects: number }[]) {
  const objects = times.flatMap(({ from, to, objects }) =>
    Array.from({ length: objects }, (_, n) => FROM + 1 + Math.floor((from + ((to - from) * n) / objects) * HOUR)),
  );
  return objects.toSorted((a, b) => b - a).map((created, n) => ({ id: `pi_${n}`, created }));
}

/** Reads the list to its end, as a sweep does. Returns what was read, and the most calls of one part. */
async function readAll(objects: { id: string; created: number }[], hours: number) {
  const read = new Set<string>();
  const at = new Date((FROM + (hours + 0.25) * HOUR) * 1_000);
  const calls: number[] = [];
  for (let cursor = String(FROM), more = true; more; ) {
    let count = 0;
    const next = await readSpan(
      cursor,
      at,
      async ({ created: { gt, lte }, limit, starting_after }) => {
        count++;
        const all = objects.filter(({ created }) => created > gt && created <= lte);
        const start = all.findIndex(({ id }) => id === starting_after) + 1;
        return { data: all.slice(start, start + limit), has_more: all.length > start + limit };
      },
      (page) => {
        for (const { id } of page) read.add(id);
      },
    );
    expect(Number(next.cursor)).toBeGreaterThan(Number(cursor));
    calls.push(count);
    [cursor, more] = [next.cursor, next.more];
  }
  return { read: read.size, most: Math.max(...calls), calls: calls.reduce((sum, count) => sum + count, 0) };
}

test.each([
  ["a quiet day", busy({ from: 0, to: 24, objects: 99 }), 1],
  ["an even day of some pages", busy({ from: 0, to: 24, objects: 900 }), 9],
  ["ten objects a second for three hours", busy({ from: 0, to: 3, objects: 108_000 }), 1_800],
  ["a sale, and silence after it", busy({ from: 0, to: 0.5, objects: 20_000 }, { from: 1, to: 24, objects: 150 }), 600],
  ["silence, and a sale after it", busy({ from: 0, to: 23, objects: 150 }, { from: 23, to: 24, objects: 20_000 }), 450],
  ["more in one second than a part has pages", busy({ from: 1, to: 1, objects: 3_000 }), 90],
])("%s: all is read, and no part takes long", async (_name, objects, expected) => {
  const { read, most, calls } = await readAll(objects, 24);
  expect(read).toBe(objects.length);
  expect(most).toBeLessThanOrEqual(40);
  expect(calls).toBeLessThanOrEqual(expected);
});
