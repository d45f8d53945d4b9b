import { expect, test } from "vitest";
import { parseRetryAfter } from "@/lib/errors";

test.each([
  ["60", 60_000],
  ["16", 16_000],
  ["1", true],
  ["15", true],
  ["0", true],
  ["-5", true],
  ["Wed, 21 Oct 2026 07:28:00 GMT", true],
  ["soon", true],
  ["", true],
  [null, true],
  [undefined, true],
])("Retry-After %j: %j, never less than the engine's first backoff", (header, retry) => {
  expect(parseRetryAfter(header)).toBe(retry);
});
