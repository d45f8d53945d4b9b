import type { OrderStatus } from "@/prisma/generated/enums";

/** What may happen to an order in which state. Pure: the writes that obey it are beside this file. */

/** Not ended yet: something will still happen to it by itself, and does so before its deadline (invariant I3). */
export function isOpen(status: OrderStatus): boolean {
  return status === "pending" || status === "awaiting_payment";
}

export type CancelDecision = "cancel" | "already_cancelled" | "refuse";

/** Goods that are on their way, even some of them, cannot be called back; what failed has nothing left to cancel. */
export function decideCancel(status: OrderStatus, partlyShipped = false): CancelDecision {
  if (isOpen(status) || (status === "confirmed" && !partlyShipped)) return "cancel";
  return status === "cancelled" ? "already_cancelled" : "refuse";
}

/** Why an order can fail. Those that another payment can mend may be paid again. */
export const FAILURES = {
  out_of_stock: { mendable: false },
  payment_declined: { mendable: true },
  authentication_failed: { mendable: true },
  payment_expired: { mendable: true },
  invalid_payment_method: { mendable: true },
  payment_unavailable: { mendable: true },
  fulfilment_failed: { mendable: true },
  stock_lost: { mendable: false },
  expired: { mendable: true },
} as const;

export type FailureReason = keyof typeof FAILURES;

/** How long after a failure the customer may pay with another card. */
export const RETRY_WINDOW_DAYS = 7;

/** Whether a failed order can be paid again. */
export function canPayAgain(status: OrderStatus, reason: string | null): boolean {
  return status === "failed" && reason !== null && reason in FAILURES && FAILURES[reason as FailureReason].mendable;
}
