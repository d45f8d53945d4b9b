// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are source code

import { type Mutant, WORKFLOW } from "./mutant";

/**
 * Mistakes that show only when a process ends, a step is repeated, a deploy changes functions while runs sleep, or clocks differ. As
 * long as nothing of this happens, all is well.
 */
export const PROCESS_MUTANTS: Mutant[] = [
  {
    name: "an Idempotency-Key counts within one process",
    file: "lib/idempotency.ts",
    find: "const scopeOf = ({ scope, caller }: IdempotentRequest) => `${scope}:${caller}`;",
    replace:
      "const process = crypto.randomUUID();\nconst scopeOf = ({ scope, caller }: IdempotentRequest) => `${scope}:${caller}:${process}`;",
    caughtBy: `${WORKFLOW}/process-restart.test.ts`,
  },
  {
    name: "each process has its own idempotency key for a refund",
    file: "lib/payments/process-refund.ts",
    find: "async function createAtStripe(refund: PendingRefund, idempotencyKey: string): Promise<Stripe.Refund> {",
    replace:
      "const process = crypto.randomUUID();\nasync function createAtStripe(refund: PendingRefund, key: string): Promise<Stripe.Refund> {\n  const idempotencyKey = `${key}:${process}`;",
    caughtBy: `${WORKFLOW}/process-restart.test.ts`,
  },
  {
    name: "a sweep whose process is killed keeps its lease",
    file: "lib/reconcile/run-sweeps.ts",
    find: "AND coalesce(sweeps.leased_until <= ${at}, true)",
    replace: "AND sweeps.leased_until IS NULL",
    caughtBy: `${WORKFLOW}/process-killed.test.ts`,
  },
  {
    name: "events that a killed process has claimed stay claimed",
    file: "lib/outbox-sweep.ts",
    find: "const SWEEP_LEASE_MS = 60 * SECOND;",
    replace: "const SWEEP_LEASE_MS = 365 * 24 * 60 * MINUTE;",
    caughtBy: `${WORKFLOW}/process-killed.test.ts`,
  },
  {
    name: "a message that a killed process was sending is left to it",
    file: "lib/messaging/send-once.ts",
    find: 'if (status === "sent") return;',
    replace: 'if (status === "sent" || (status === "sending" && id !== newMessageId && !error)) return;',
    caughtBy: `${WORKFLOW}/process-killed.test.ts`,
  },
  {
    name: "a refused refund is not replaced if the process ends before",
    file: "lib/payments/process-refund.ts",
    find: '  if (refund.status === "failed") await compensate(refund);\n',
    replace: "",
    caughtBy: `${WORKFLOW}/process-killed.test.ts`,
  },
  {
    name: "the part of a broadcast that a killed process had claimed is left to it",
    file: "lib/broadcasts/plan-page.ts",
    find: "WHERE c.status <> 'done' AND c.progressed_at",
    replace: "WHERE c.status = 'pending' AND c.progressed_at",
    caughtBy: `${WORKFLOW}/broadcast-lost.test.ts`,
  },
  {
    name: "a process that was taken for dead applies rows that its successor has applied",
    file: "lib/imports/apply-rows.ts",
    find: "AND status = 'applying' AND byte_cursor = ${byteCursor}`;",
    replace: "AND status = 'applying'`;",
    caughtBy: `${WORKFLOW}/import-resume.test.ts`,
  },
  {
    name: "a reminder counts as sent before it is sent",
    file: "lib/expenses/expense-emails.tsx",
    find: '  const reminded = await emailManagers(id, "expense_reminder");\n  await db().expense.updateMany({ where: { id, remindedAt: null }, data: { remindedAt: now() } });\n  return reminded ?? 0;',
    replace:
      '  const { count } = await db().expense.updateMany({ where: { id, remindedAt: null }, data: { remindedAt: now() } });\n  return count === 0 ? 0 : ((await emailManagers(id, "expense_reminder")) ?? 0);',
    caughtBy: `${WORKFLOW}/expense-lost.test.ts`,
  },
  {
    name: "a webhook counts as processed up to the time of a replay",
    file: "inngest/functions/payment.ts",
    find: "const readAt = new Date(event.ts ?? 0);",
    replace: "const readAt = new Date();",
    caughtBy: `${WORKFLOW}/webhook-late.test.ts`,
  },
  {
    name: "the result of a charge is in a variable that a replay does not set",
    file: "inngest/functions/billing.ts",
    find: '    const charged = await step.run("charge", () => chargeSubscription(chargeId, attempt));\n',
    replace:
      '    let charged: Awaited<ReturnType<typeof chargeSubscription>> = { outcome: "paid" };\n    await step.run("charge", async () => {\n      charged = await chargeSubscription(chargeId, attempt);\n    });\n',
    caughtBy: `${WORKFLOW}/step-replay-others.test.ts`,
  },
  {
    name: "a repeated step looks for the random codes that it has drawn itself",
    file: "lib/coupons/give-gifts.tsx",
    find: "where: { giftOrderId: { in: orderIds } },",
    replace: "where: { code: { in: gifts.map(({ code }) => code) } },",
    caughtBy: `${WORKFLOW}/step-replay-others.test.ts`,
  },
  {
    name: "a failed charge is not recognized when its step is repeated",
    file: "lib/billing/charge-subscription.ts",
    find: "return recordedOutcome(charge, attempt);",
    replace: 'return { outcome: "ended" };',
    caughtBy: `${WORKFLOW}/step-replay-others.test.ts`,
  },
  {
    name: "a run that starts again after the confirmation sends no email",
    file: "inngest/functions/order.ts",
    find: '  if (order.state === "confirmed") return { orderId, status: "confirmed" };\n',
    replace: "",
    caughtBy: `${WORKFLOW}/deploy.test.ts`,
  },
  {
    name: "an order that is loaded again finds its own units missing",
    file: "lib/orders/load-order.ts",
    find: "missing: reserved || paymentBegun ? [] : wanted.filter(",
    replace: "missing: wanted.filter(",
    caughtBy: `${WORKFLOW}/deploy.test.ts`,
  },
  {
    name: "an endpoint is never tested again if the process ends in a test",
    file: "lib/webhooks-out/call-endpoint.ts",
    find: "const PROBE_TIMEOUT_MS = 60 * SECOND;",
    replace: "const PROBE_TIMEOUT_MS = 365 * 24 * 60 * MINUTE;",
    caughtBy: `${WORKFLOW}/webhook-delivery-lost.test.ts`,
  },
  {
    name: "the scan of Stripe ends at the clock of its process",
    file: "lib/stripe.ts",
    find: "const STRIPE_GRACE_MS = 15 * MINUTE;",
    replace: "const STRIPE_GRACE_MS = 0;",
    caughtBy: `${WORKFLOW}/clocks-differ.test.ts`,
  },
  {
    name: "a scan passes over timeline entries of a fast clock",
    file: "lib/order-state/scan-timeline.ts",
    find: "const OVERLAP_MS = 5 * MINUTE;",
    replace: "const OVERLAP_MS = 0;",
    caughtBy: `${WORKFLOW}/clocks-differ.test.ts`,
  },
];
