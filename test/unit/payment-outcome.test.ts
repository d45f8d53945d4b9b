import { expect, test } from "vitest";
import { type PaymentIntentState, toPaymentOutcome } from "@/lib/payments/payment-policy";

const intent = (
  status: PaymentIntentState["status"],
  last_payment_error: PaymentIntentState["last_payment_error"] = null,
): PaymentIntentState => ({ status, last_payment_error });

const declined = { code: "card_declined", decline_code: "insufficient_funds" };

test.each<[string, PaymentIntentState, ReturnType<typeof toPaymentOutcome>]>([
  ["succeeded", intent("succeeded"), { outcome: "succeeded" }],
  ["succeeded after an earlier decline", intent("succeeded", declined), { outcome: "succeeded" }],
  ["requires_action", intent("requires_action"), { outcome: "requires_action" }],
  ["canceled", intent("canceled"), { outcome: "canceled" }],
  ["never tried", intent("requires_payment_method"), undefined],
  [
    "declined",
    intent("requires_payment_method", declined),
    { outcome: "failed", reason: "payment_declined", code: "insufficient_funds" },
  ],
  [
    "refused without a bank's reason",
    intent("requires_payment_method", { code: "expired_card" }),
    { outcome: "failed", reason: "payment_declined", code: "expired_card" },
  ],
  [
    "refused with an empty reason",
    intent("requires_payment_method", { code: "expired_card", decline_code: "" }),
    { outcome: "failed", reason: "payment_declined", code: "expired_card" },
  ],
  [
    "not authenticated",
    intent("requires_payment_method", { code: "payment_intent_authentication_failure" }),
    { outcome: "failed", reason: "authentication_failed", code: "payment_intent_authentication_failure" },
  ],
  ["not confirmed yet", intent("requires_confirmation"), undefined],
  ["processing", intent("processing"), undefined],
  ["to be captured", intent("requires_capture"), undefined],
])("a PaymentIntent that is %s", (_name, read, outcome) => {
  expect(toPaymentOutcome(read)).toEqual(outcome);
});
