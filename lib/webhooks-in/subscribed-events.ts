import type Stripe from "stripe";

/**
 * The event types that the endpoint at Stripe subscribes to: only those that can change our records. So a paid
 * order causes one webhook request. With all events of its PaymentIntent and charge it would cause three.
 */
export const STRIPE_EVENTS = [
  "payment_intent.succeeded",
  "payment_intent.payment_failed",
  "payment_intent.canceled",
  "charge.refunded",
  "refund.created",
  "refund.updated",
  "refund.failed",
  "charge.dispute.created",
  "charge.dispute.closed",
] as const satisfies Stripe.WebhookEndpointCreateParams.EnabledEvent[];

/** The event types that the endpoint at Resend subscribes to. `email.sent` adds nothing to the answer of the API. */
export const RESEND_EVENTS = [
  "email.delivered",
  "email.opened",
  "email.clicked",
  "email.bounced",
  "email.complained",
  "email.suppressed",
] as const;
