// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are source code

import { type Mutant, WORKFLOW } from "./mutant";

/** Mistakes about emails and broadcasts. */
export const EMAIL_MUTANTS: Mutant[] = [
  {
    name: "a confirmation email that waited goes out for a refunded order",
    file: "lib/email/outdated.ts",
    find: "o.status IN ('cancelled', 'failed', 'refunded')",
    replace: "o.status IN ('cancelled', 'failed')",
    caughtBy: `${WORKFLOW}/refund-order.test.ts`,
  },
  {
    name: "an email has another idempotency key at each attempt",
    file: "lib/email/send-email.ts",
    find: "{ idempotencyKey: id, signal: AbortSignal.timeout(RESEND_TIMEOUT_MS) }",
    replace: "{ idempotencyKey: newId('key'), signal: AbortSignal.timeout(RESEND_TIMEOUT_MS) }",
    caughtBy: `${WORKFLOW}/email.test.ts`,
  },
  {
    name: "consent is not read when an email is sent",
    file: "lib/email/send-email.ts",
    find: "if (email.refused || email.outdated) {",
    replace: "if (email.outdated) {",
    caughtBy: `${WORKFLOW}/consent.test.ts`,
  },
  {
    name: "a batch of a broadcast is sent again under a new key",
    file: "lib/broadcasts/send-chunk.ts",
    find: "const key = fresh || !row.key ?",
    replace: "const key = fresh || row.key ?",
    caughtBy: `${WORKFLOW}/broadcast.test.ts`,
  },
  {
    name: "a repeated request for the gifts of many orders has other emails",
    file: "lib/email/deliver-email.ts",
    find: "const emails = fresh ? all.filter(canGoOut) : all;",
    replace: "const emails = all.filter(canGoOut);",
    caughtBy: `${WORKFLOW}/email-batch.test.ts`,
  },
  {
    name: "who unsubscribed is only read when a broadcast is planned",
    file: "lib/broadcasts/send-chunk.ts",
    find: "CASE WHEN r.refused THEN 'refused' ELSE 'sending' END",
    replace: "CASE WHEN false THEN 'refused' ELSE 'sending' END",
    caughtBy: `${WORKFLOW}/broadcast.test.ts`,
  },
];
