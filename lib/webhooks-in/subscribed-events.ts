import type Stripe from "stripe";

/**
 * The event types that the endpoint at Stripe subscribes to: those that can change our records. A paid order is one such event.
 * All events of its PaymentIntent and charge would be three, and each is a request.
 */
export const STRIPE_EVENTS = [
  "payment_intent.succeeded",
  "payment_intent.payment_failed",
  "payment_intent.canceled",
  "charge.refunded",
  "refund.created",
  "refund.updated",
  "refund.failed",
] as const satisfies Stripe.WebhookEndpointCreateParams.EnabledEvent[];

/** The event types that the endpoint at Resend subscribes to. `email.sent` repeats the answer to the request, so it is not needed. */
export const RESEND_EVENTS = [
  "email.delivered",
  "email.opened",
  "email.clicked",
  "email.bounced",
  "email.complained",
  "email.suppressed",
] as const;
