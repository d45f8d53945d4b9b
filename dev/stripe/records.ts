import type Stripe from "stripe";

/**
 * What the stand-in stores: Stripe's own objects as the SDK types them, with ids where an answer may be expanded. The
 * types are the SDK's, so a field that Stripe requires cannot be forgotten.
 */
export type CustomerRecord = Stripe.Customer;
export type PaymentMethodRecord = Stripe.PaymentMethod & { customer: string | null };
export type PaymentIntentRecord = Stripe.PaymentIntent & {
  customer: string | null;
  payment_method: string | null;
  latest_charge: string | null;
};
export type ChargeRecord = Stripe.Charge & { customer: string | null; payment_intent: string | null };
export type TransferRecord = Stripe.Transfer & { destination: string };
export type TransferReversalRecord = Stripe.TransferReversal & { transfer: string };
export type RefundRecord = Stripe.Refund & { charge: string; payment_intent: string | null };

/** What Stripe keeps to itself: which test card a payment method stands for, and whether it was spent unattached. */
export interface CardRecord {
  id: string;
  testCard: string;
  spent: boolean;
}

/** Where a payment intent's customer comes back to after 3-D Secure; Stripe does not show it on the object either. */
export interface ReturnUrlRecord {
  id: string;
  url: string;
}

/** The events that the stand-in sends. */
export type EventType = Extract<
  Stripe.Event["type"],
  | "charge.captured"
  | "charge.failed"
  | "charge.refund.updated"
  | "charge.refunded"
  | "charge.succeeded"
  | "customer.created"
  | "customer.updated"
  | "payment_intent.amount_capturable_updated"
  | "payment_intent.canceled"
  | "payment_intent.created"
  | "payment_intent.payment_failed"
  | "payment_intent.requires_action"
  | "payment_intent.succeeded"
  | "payment_method.attached"
  | "payment_method.detached"
  | "refund.created"
  | "refund.failed"
  | "refund.updated"
  | "transfer.created"
  | "transfer.reversed"
  | "transfer.updated"
>;

export type Subject =
  | CustomerRecord
  | PaymentMethodRecord
  | PaymentIntentRecord
  | ChargeRecord
  | RefundRecord
  | TransferRecord;

export interface EventRecord {
  id: string;
  object: "event";
  api_version: string;
  created: number;
  data: { object: Subject };
  livemode: false;
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
  type: EventType;
}
