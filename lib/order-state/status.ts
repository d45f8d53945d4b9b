import type { OrderStatus } from "@/prisma/generated/enums";
import { HOUR } from "../clock";

/** Which changes an order allows in which status. Pure functions. */

/** Returns whether the order has not ended. A workflow still works on it, and ends it before its deadline (invariant I3). */
export function isOpen(status: OrderStatus): boolean {
  return status === "pending" || status === "awaiting_payment";
}

const PAID: OrderStatus[] = ["confirmed", "shipped", "delivered", "refunded"];

/** Returns whether an order was paid and accepted, so that its receipt can be printed. */
export const hasReceipt = ({ status }: { status: OrderStatus }): boolean => PAID.includes(status);

/**
 * An order must have ended this long after it was placed or paid again: the retries of `process-order` while Stripe is down
 * (2.3 hours with Inngest's backoff), then the window for 3-D Secure. The reconciler ends older orders.
 */
export const ORDER_DEADLINE_MS = 3.5 * HOUR;

/** `cancel_rest`: a part has shipped, and the rest is cancelled. */
export type CancelDecision = "cancel" | "cancel_rest" | "already_cancelled" | "refuse";

/** Returns whether an order can be cancelled. Shipped goods cannot be recalled, and a failed order has nothing to cancel. */
export function decideCancel(status: OrderStatus, partlyShipped?: { itemsLeft: boolean }): CancelDecision {
  if (isOpen(status) || (status === "confirmed" && !partlyShipped)) return "cancel";
  if (status === "confirmed" && partlyShipped?.itemsLeft) return "cancel_rest";
  return status === "cancelled" ? "already_cancelled" : "refuse";
}

/** Why an order can fail. `payable`: the customer may pay for it again, with another card. */
export const FAILURES = {
  out_of_stock: { payable: false },
  payment_declined: { payable: true },
  authentication_failed: { payable: true },
  payment_expired: { payable: true },
  invalid_payment_method: { payable: true },
  payment_unavailable: { payable: true },
  too_many_failures: { payable: true },
  fulfilment_failed: { payable: true },
  stock_lost: { payable: false },
  price_mismatch: { payable: false },
  unknown_product: { payable: false },
  coupon_refused: { payable: false },
  expired: { payable: true },
} as const;

export type FailureReason = keyof typeof FAILURES;

/** Why an order was cancelled: by whom, or that its customer placed it again, or what became of its review. */
export const CANCEL_REASONS = [
  "customer",
  "operator",
  "storefront",
  "replaced",
  "review_rejected",
  "review_expired",
] as const;

export type CancelReason = (typeof CANCEL_REASONS)[number];

/** Why an order failed or was cancelled. The codes are part of the public API. */
export const END_REASONS = [...(Object.keys(FAILURES) as FailureReason[]), ...CANCEL_REASONS];

export type EndReason = FailureReason | CancelReason;

/** The states of a dispute in which the money is ours. While it has another one, the order's items do not ship. */
export const WON_DISPUTES = ["won", "warning_closed", "prevented"];

/** A dispute in one of these states has ended (docs.stripe.com/api/disputes/object). */
export const CLOSED_DISPUTES = [...WON_DISPUTES, "lost"];

/** How many days after it was placed a failed order can be paid again. */
export const RETRY_WINDOW_DAYS = 7;

/** How many cards can be tried for one order. Somebody who tests stolen cards tries more. */
export const MAX_ATTEMPTS = 5;

/** Returns whether an order that has failed at its `attempt` can be paid again. */
export function canPayAgain(status: OrderStatus, reason: string | null, attempt: number): boolean {
  return status === "failed" && attempt < MAX_ATTEMPTS && isFailureReason(reason) && FAILURES[reason].payable;
}

export function isFailureReason(reason: string | null | undefined): reason is FailureReason {
  return typeof reason === "string" && Object.hasOwn(FAILURES, reason);
}
