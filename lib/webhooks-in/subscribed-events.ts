import type Stripe from "stripe";

/**
 * What an endpoint at Stripe is to be told of: what can change what we know. A paid order is one such event; all that its
 * PaymentIntent and its charge go through would be three, and each is a request.
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

/** What an endpoint at Resend is to be told of. That an email was taken (`email.sent`) its own answer has said. */
export const RESEND_EVENTS = [
  "email.delivered",
  "email.opened",
  "email.clicked",
  "email.bounced",
  "email.complained",
  "email.suppressed",
] as const;
