import type { OrderStatus } from "@/prisma/generated/enums";
import { db } from "../db";
import { isOpen } from "../order-state/status";

export interface LoadedOrder {
  /** `ended`: the order was cancelled or shipped, or it is at another attempt. */
  state: "not_found" | "open" | "confirmed" | "failed" | "ended";
  /** The lines that neither are reserved nor can be. */
  missing: { productId: string; wanted: number; available: number }[];
  /** The total is 0, so there is no payment. */
  nothingToPay: boolean;
  /** A storefront sent the order without a payment method, and the customer has no saved card. */
  needsPaymentMethod: boolean;
  /** The customer is paying or has paid, so the run goes on without a new reservation (see `limitUnpaidStock`). */
  paymentBegun: boolean;
  /** A manager must release the order before it is confirmed. */
  needsReview: boolean;
}

/** Loads an order and decides what `process-order` has to do for this attempt. One statement. */
export async function loadOrder(orderId: string, attempt: number): Promise<LoadedOrder> {
  const order = await db().order.findUnique({
    where: { id: orderId },
    include: {
      review: true,
      reservations: { where: { attempt, status: "active" } },
      payments: { where: { attempt, status: { in: ["requires_action", "succeeded"] } }, select: { id: true } },
      lines: { orderBy: { position: "asc" }, include: { product: { select: { inventory: true } } } },
    },
  });
  if (!order)
    return {
      state: "not_found",
      missing: [],
      nothingToPay: false,
      needsPaymentMethod: false,
      paymentBegun: false,
      needsReview: false,
    };
  const { status, review, reservations, payments, lines } = order;
  const paymentBegun = payments.length > 0;
  const wanted = lines.map(({ productId, quantity, product }) => ({
    productId,
    wanted: quantity,
    available: product.inventory?.available ?? 0,
  }));
  const reserved = reservations.length > 0;
  return {
    state: order.attempt === attempt ? stateOf(status) : "ended",
    missing: reserved || paymentBegun ? [] : wanted.filter((line) => line.available < line.wanted),
    nothingToPay: order.totalAmount === 0,
    needsPaymentMethod: order.paymentMethod === null && order.totalAmount > 0 && !paymentBegun,
    paymentBegun,
    needsReview: review !== null && review.status !== "noted",
  };
}

function stateOf(status: OrderStatus): LoadedOrder["state"] {
  if (isOpen(status)) return "open";
  return status === "confirmed" || status === "failed" ? status : "ended";
}
