import type { Tone } from "@/app/ui/surface";
import { formatMoney } from "@/lib/money";
import type { TimelineType } from "@/lib/order-state/timeline";
import type { OrderView } from "@/lib/orders/view-order";

type Status = OrderView["status"];

/** What a status means to the person who waits for it. */
export const STATUS: Record<Status, { label: string; tone: Tone; sentence: string }> = {
  pending: {
    label: "In progress",
    tone: "neutral",
    sentence: "We are setting your things aside and charging your card. This takes a few seconds.",
  },
  awaiting_payment: {
    label: "Waiting for your bank",
    tone: "warn",
    sentence: "Your bank wants to be sure that it is you.",
  },
  confirmed: {
    label: "Confirmed",
    tone: "good",
    sentence: "Your payment has arrived and everything is set aside for you.",
  },
  shipped: { label: "On its way", tone: "good", sentence: "Your parcel is on its way." },
  delivered: { label: "Delivered", tone: "good", sentence: "Your parcel has arrived." },
  cancelled: {
    label: "Cancelled",
    tone: "neutral",
    sentence: "Nothing more will be charged, and whatever was is on its way back to you.",
  },
  failed: {
    label: "Not completed",
    tone: "bad",
    sentence: "The order could not be completed, and you keep your money.",
  },
  refunded: { label: "Refunded", tone: "neutral", sentence: "All of your money is on its way back to you." },
};

const FAILURE: Record<string, string> = {
  out_of_stock: "Somebody was faster: it has just sold out. You were not charged.",
  payment_declined: "Your bank declined the payment. You were not charged.",
  authentication_failed: "The payment could not be authenticated with your bank. You were not charged.",
  payment_expired: "The payment was not completed in time. You were not charged.",
  invalid_payment_method: "The card could not be used. You were not charged.",
  payment_unavailable: "The payment could not be made. You were not charged.",
  stock_lost: "What you ordered is no longer there. Your money is on its way back.",
  expired: "The order took too long, and we have ended it. Whatever was charged is on its way back.",
};

const ENTRIES: Record<TimelineType, (data: Record<string, unknown>) => string> = {
  order_placed: () => "Order placed",
  stock_reserved: () => "Set aside for you",
  payment_action_required: () => "Your bank asked you to authenticate",
  payment_succeeded: (data) => `Paid ${amount(data)}`,
  payment_failed: (data) => `Payment declined (${String(data.code).replaceAll("_", " ")})`,
  payment_canceled: () => "Payment closed",
  payment_retried: () => "Tried again with another card",
  order_held: () => "Paid; somebody of ours takes a look before it goes on",
  order_released: () => "Looked at",
  order_confirmed: () => "Order confirmed",
  order_failed: () => "Order ended",
  order_cancelled: () => "Order cancelled",
  order_partly_shipped: (data) =>
    `A first part is on its way with ${String(data.carrier)}, ${String(data.trackingNumber)}`,
  order_shipped: (data) => `On its way with ${String(data.carrier)}, ${String(data.trackingNumber)}`,
  parcel_delivered: (data) => `Parcel ${String(data.trackingNumber)} has arrived`,
  order_delivered: () => "Everything has arrived",
  refund_requested: (data) => `Refund of ${amount(data)} decided`,
  refund_succeeded: (data) => `${amount(data)} sent back`,
  refund_failed: () => "A refund was refused; we are looking into it",
  order_refunded: () => "All of it has gone back",
};

/** An entry of the timeline as a sentence. */
export function tell(type: string, data: unknown): string {
  const fields = typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
  const entries: Record<string, ((data: Record<string, unknown>) => string) | undefined> = ENTRIES;
  return entries[type]?.(fields) ?? type.replaceAll("_", " ");
}

/** How it stands with an order, to the person who waits for it. */
export function standing({ status, failureReason = "", timeline }: OrderView): string {
  if (status === "failed") return FAILURE[failureReason] ?? STATUS.failed.sentence;
  if (status === "pending" && timeline.at(-1)?.type === "order_held")
    return "Your payment has arrived. Somebody of ours takes a look at the order, and we write to you when it goes on.";
  return STATUS[status].sentence;
}

function amount({ amount, currency }: Record<string, unknown>): string {
  return typeof amount === "number" && typeof currency === "string" ? formatMoney({ amount, currency }) : "";
}

/** How often to look for news of an order, in ms: all the time while it moves, now and then while a parcel is to come, at its end never. */
export function pollInterval({ status, refunds }: OrderView): number | null {
  if (status === "pending" || status === "awaiting_payment") return 1_500;
  if (refunds.some((refund) => refund.status === "pending")) return 1_500;
  return status === "confirmed" || status === "shipped" ? 10_000 : null;
}
