import { expect, test } from "vitest";
import { decidePace } from "@/lib/webhooks-out/call-rate";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000);
const idle = { calls: [], lineUntil: at(-60) };
const full = { calls: Array.from({ length: 100 }, () => at(0)), lineUntil: at(0) };

test("a hundred may go at once; the next one when the first of them is a minute old", () => {
  expect(decidePace(idle, null, at(0))).toEqual({ calls: [at(0)] });
  expect(decidePace(full, null, at(0))).toEqual({ turn: at(60) });
  expect(decidePace(full, null, at(60))).toEqual({ calls: [at(60)] });
});

test("who waits is not overtaken: a later one lines up behind, 0.6 s after the last", () => {
  const pace = { ...full, lineUntil: at(60) };
  expect(decidePace(pace, null, at(60))).toEqual({ calls: [at(60)] });
  expect(decidePace({ ...pace, lineUntil: at(63) }, null, at(60))).toEqual({ turn: at(63.6) });
  expect(decidePace({ ...pace, lineUntil: at(63) }, at(60), at(60))).toEqual({ calls: [at(60)] });
});

test("who comes before their turn waits for it; who is late finds what room there is then", () => {
  expect(decidePace(idle, at(30), at(20))).toEqual({ turn: at(30) });
  const late = { calls: Array.from({ length: 100 }, (_, n) => at(40 + n / 10)), lineUntil: at(50) };
  expect(decidePace(late, at(30), at(60))).toEqual({ turn: at(100) });
});
