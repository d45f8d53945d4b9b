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
