import type { FailureReason } from "./status";

/** Why an order has failed, as a sentence for the customer: on the page of the order and in its email. */
export const FAILURE_SENTENCES: Record<FailureReason, string> = {
  out_of_stock: "An item sold out before we could reserve it. You were not charged.",
  payment_declined: "Your bank declined the payment. You were not charged, and your items are no longer reserved.",
  authentication_failed: "The payment could not be authenticated with your bank. You were not charged.",
  payment_expired: "The payment was not completed in time, so your items are no longer reserved. You were not charged.",
  invalid_payment_method: "The card could not be used. You were not charged.",
  payment_unavailable: "The payment could not be made. You were not charged.",
  too_many_failures:
    "Too many payments from your network have failed, so we did not try this one. Please try again later. You were not charged.",
  fulfilment_failed: "An error on our side has stopped your order. If you were charged, we refund the payment in full.",
  stock_lost: "An item is no longer in stock. We refund your payment in full.",
  price_mismatch: "The price of your order is not ours any more. You were not charged.",
  unknown_product: "An item of your order is not on sale any more. You were not charged.",
  coupon_refused: "The coupon of your order cannot be used. You were not charged.",
  expired: "The order was not completed in time. If you were charged, we refund the payment in full.",
};
