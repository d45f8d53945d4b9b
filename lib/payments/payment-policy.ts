import type Stripe from "stripe";
import { z } from "zod";
import { MINUTE, SECOND } from "../clock";
import { appEnv } from "../env";
import type { FailureReason } from "../order-state/status";

/** The result of an attempt to pay. A result is data. Only transient errors are thrown. */
export type PaymentOutcome =
  | { outcome: "succeeded" }
  /** The customer must authenticate (3-D Secure). */
  | { outcome: "requires_action" }
  | { outcome: "failed"; reason: FailureReason; code: string }
  | { outcome: "canceled" }
  /** The order ended meanwhile. Captured money is being refunded. */
  | { outcome: "ended" };

/** The outcomes that a PaymentIntent can have. */
export type IntentOutcome = Exclude<PaymentOutcome, { outcome: "ended" }>;

/** The part of a PaymentIntent that decides its outcome. */
export interface PaymentIntentState extends Pick<Stripe.PaymentIntent, "status"> {
  last_payment_error: { code?: string; decline_code?: string } | null;
}

/** Returns the outcome of a PaymentIntent; undefined while Stripe has not decided. Pure. */
export function toPaymentOutcome(intent: PaymentIntentState): IntentOutcome | undefined {
  switch (intent.status) {
    case "succeeded":
      return { outcome: "succeeded" };
    case "requires_action":
      return { outcome: "requires_action" };
    case "canceled":
      return { outcome: "canceled" };
    case "requires_payment_method": {
      const error = intent.last_payment_error;
      if (!error) return undefined;
      const code = error.decline_code || error.code || "declined";
      const unauthenticated = error.code === "payment_intent_authentication_failure";
      return { outcome: "failed", reason: unauthenticated ? "authentication_failed" : "payment_declined", code };
    }
    default:
      return undefined; // requires_confirmation, processing, requires_capture
  }
}

/** Returns the waits (ms) for the customer. They add up to the payment window, and the first ones are short. */
export function paymentWaits(window = appEnv().PAYMENT_WINDOW_MINUTES * MINUTE): number[] {
  const first = Math.min(30 * SECOND, window);
  const second = Math.min(5 * MINUTE, window - first);
  return [first, second, window - first - second].filter((wait) => wait > 0);
}

/** A Stripe PaymentMethod id. */
export const paymentMethodSchema = z.string().regex(/^pm_\w{1,100}$/, "must be a Stripe payment method id (pm_…)");

/** The body of `POST /api/orders/{id}/pay`. */
export const payAgainSchema = z.strictObject({ paymentMethod: paymentMethodSchema });
