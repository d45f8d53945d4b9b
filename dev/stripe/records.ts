import type Stripe from "stripe";

/**
 * The stored records: Stripe's objects as the SDK types them, with ids where an answer may be expanded. The SDK's types
 * ensure that no required field is missing.
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

/** The test card behind a payment method, and whether it was used without a customer. Not visible in the API. */
export interface CardRecord {
  id: string;
  testCard: string;
  used: boolean;
}

/** The return URL of a payment intent after 3-D Secure. Stripe does not show it on the object either. */
export interface ReturnUrlRecord {
  id: string;
  url: string;
}

export type EventType = Stripe.Event["type"];

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
