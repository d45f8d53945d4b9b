import type Stripe from "stripe";
import type { FailureReason } from "../order-state/status";

/** What came of an attempt to pay. An outcome is data; only what may heal by itself is thrown. */
export type PaymentOutcome =
  | { outcome: "succeeded" }
  /** The customer must authenticate (3-D Secure). */
  | { outcome: "requires_action" }
  | { outcome: "failed"; reason: FailureReason; code: string }
  | { outcome: "canceled" }
  /** The order ended meanwhile; money that came is on its way back. */
  | { outcome: "ended" };

/** The part of a PaymentIntent that tells how it stands. */
export interface PaymentIntentState extends Pick<Stripe.PaymentIntent, "status"> {
  last_payment_error: { code?: string; decline_code?: string } | null;
}

/** What a PaymentIntent says of itself, in our words. `undefined`: not decided yet. */
export function toPaymentOutcome(
  intent: PaymentIntentState,
): Exclude<PaymentOutcome, { outcome: "ended" }> | undefined {
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
