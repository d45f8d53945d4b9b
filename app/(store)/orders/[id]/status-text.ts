import type { Tone } from "@/app/ui/display";
import { declineSentence } from "@/lib/order-state/declines";
import { FAILURE_SENTENCES } from "@/lib/order-state/failure-sentences";
import { isFailureReason } from "@/lib/order-state/status";
import type { OrderView } from "@/lib/orders/view-order";

type Status = OrderView["status"];

/** The label of a status, and a sentence for the customer. */
export const STATUS: Record<Status, { label: string; tone: Tone; sentence: string }> = {
  pending: {
    label: "In progress",
    tone: "neutral",
    sentence: "We are reserving your items and charging your card. This takes a few seconds.",
  },
  awaiting_payment: {
    label: "Waiting for your bank",
    tone: "warn",
    sentence: "Your bank asks you to confirm the payment.",
  },
  confirmed: { label: "Confirmed", tone: "good", sentence: "We received your payment and reserved your items." },
  shipped: { label: "Shipped", tone: "good", sentence: "Your order is on its way." },
  delivered: { label: "Delivered", tone: "good", sentence: "Your order was delivered." },
  cancelled: {
    label: "Cancelled",
    tone: "neutral",
    sentence: "You will not be charged. If you have paid, the payment is refunded in full.",
  },
  failed: {
    label: "Not completed",
    tone: "bad",
    sentence: "The order could not be completed. If you were charged, the payment is refunded in full.",
  },
  refunded: { label: "Refunded", tone: "neutral", sentence: "Your payment is refunded in full." },
};

/** The last entry of these types says whether an order waits for a review. Other entries can follow, such as a correction. */
const REVIEW_STATES: OrderView["timeline"][number]["type"][] = ["order_held", "order_released", "payment_retried"];

/** Returns the status of an order as a sentence for the customer. */
export function statusText({
  status,
  failureReason,
  declineCode,
  nextAction,
  timeline,
}: Pick<OrderView, "status" | "failureReason" | "declineCode" | "nextAction" | "timeline">): string {
  const decline = status === "failed" ? declineSentence(declineCode) : undefined;
  if (decline) return `${FAILURE_SENTENCES.payment_declined} ${decline}`;
  if (status === "failed" && isFailureReason(failureReason)) return FAILURE_SENTENCES[failureReason];
  const review = timeline.findLast(({ type }) => REVIEW_STATES.includes(type));
  if (status === "pending" && review?.type === "order_held")
    return "We received your payment. We are reviewing your order and will email you when the review is complete.";
  if (status === "awaiting_payment" && nextAction?.type === "pay_again") return "Your order waits for your payment.";
  return STATUS[status].sentence;
}

/** Returns how often to poll an order, in ms: often while it changes, less often until delivery, and null at its end. */
export function pollInterval({ status, refunds }: OrderView): number | null {
  if (status === "pending" || status === "awaiting_payment") return 1_500;
  if (refunds.some((refund) => refund.status === "pending")) return 1_500;
  return status === "confirmed" || status === "shipped" ? 10_000 : null;
}
