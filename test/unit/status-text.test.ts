import { expect, test } from "vitest";
import { STATUS, statusText } from "@/app/(store)/orders/[id]/status-text";
import { FAILURE_SENTENCES } from "@/lib/order-state/failure-sentences";
import { FAILURES, type FailureReason } from "@/lib/order-state/status";
import type { OrderView } from "@/lib/orders/view-order";

const failed = (more: Pick<OrderView, "failureReason" | "declineCode">) =>
  statusText({ status: "failed", timeline: [], ...more });

test.each(Object.keys(FAILURES) as FailureReason[])("an order that failed as %s says why", (failureReason) => {
  expect(failed({ failureReason })).toBe(FAILURE_SENTENCES[failureReason]);
  expect(failed({ failureReason })).not.toBe(STATUS.failed.sentence);
});

test("a decline whose reason the customer may read is added", () => {
  expect(failed({ failureReason: "payment_declined", declineCode: "expired_card" })).toBe(
    "Your bank declined the payment. You were not charged, and your items are no longer reserved. The card has expired.",
  );
});

test("an order that failed for a reason that is not known says that any payment is refunded", () => {
  for (const failureReason of [undefined, "customer"] as const)
    expect(failed({ failureReason })).toBe(STATUS.failed.sentence);
});

test("a held order is being reviewed, also after its address was corrected or a part was refunded, until it is released", () => {
  const entry = (type: OrderView["timeline"][number]["type"]) => ({ type, at: "2026-01-31T12:00:00.000Z", data: {} });
  const held = ["order_placed", "payment_succeeded", "order_held"] as const;
  const text = (...later: Parameters<typeof entry>[0][]) =>
    statusText({ status: "pending", timeline: [...held, ...later].map(entry) });
  for (const later of [[], ["order_corrected"], ["order_corrected", "refund_succeeded"]] as const)
    expect(text(...later)).toMatch(/We are reviewing your order/);
  expect(text("order_released")).toBe(STATUS.pending.sentence);
  expect(text("order_failed", "payment_retried")).toBe(STATUS.pending.sentence);
});
