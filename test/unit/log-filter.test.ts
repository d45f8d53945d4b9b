import { expect, test } from "vitest";
import { isWarning } from "@/dev/log-filter";

test.each([
  " ⨯ Error: something broke",
  " ⚠ Warning: Next.js inferred your workspace root",
  '{"level":"warn","time":"2026-03-02T10:00:00.000Z","msg":"Invalid password"}',
  " GET /console 500 in 20ms, an error",
  "run 01M8 steadfast-import-data failed: no such column",
])("shown: %s", (line) => expect(isWarning(line)).toBe(true));

test.each([
  " POST /api/inngest?fnId=steadfast-payment-failed&stepId=step 206 in 104ms (next.js: 3ms)",
  '  └─ ƒ checkout({"errors":{},"values":{}}, {}) in 49ms app/(store)/checkout/actions.ts',
  "run 01M8 steadfast-payment-failed completed",
  " ✓ Compiled /api/checkout in 200ms",
])("not shown: %s", (line) => expect(isWarning(line)).toBe(false));
