import { z } from "zod";
import type { OrderReview } from "@/prisma/generated/client";
import { ReviewStatus } from "@/prisma/generated/enums";
import { after, HOUR, now } from "../clock";
import type { Tx } from "../db";
import { conflict, notFound } from "../errors";
import { EVENTS } from "../events";
import { type LockedOrder, lockOrder } from "../order-state/lock-order";
import { isOpen } from "../order-state/status";
import { insertTimeline } from "../order-state/timeline";
import { recordOrderCancellation } from "../orders/cancel-order";
import { type Publish, withOutbox } from "../outbox";
import { plainTextSchema } from "../text";
import { timeSchema } from "../view-schemas";
import type { HoldState } from "./hold-order";

/** The body of `POST /api/admin/orders/{id}/review`. */
export const reviewDecisionSchema = z.strictObject({
  decision: z.enum(["release", "reject"], "must be release or reject"),
  note: plainTextSchema(500).optional().describe("For the other managers; the customer does not see it."),
});

export type ReviewDecision = z.output<typeof reviewDecisionSchema>;

export const reviewViewSchema = z.strictObject({
  orderId: z.string(),
  status: z.enum(ReviewStatus),
  decidedBy: z.string().nullable(),
  decidedAt: timeSchema.nullable(),
  note: z.string().nullable(),
});

type ReviewView = z.output<typeof reviewViewSchema>;

const OUTCOME = { release: "released", reject: "rejected" } as const;

/**
 * Records a manager's decision on a held order. A released order is confirmed by its run. A rejected one is cancelled in the same
 * transaction: the stock is free, the money is refunded, and `cancel-order` emails the customer. If two managers decide at
 * once, the first decision counts. The second manager gets the same answer if they agree, else a conflict.
 *
 * @throws AppError `not_found` (404), `order_not_held`, `order_refunded`, `review_decided` (409)
 */
export async function decideReview(
  orderId: string,
  { decision, note }: ReviewDecision,
  managerId: string,
): Promise<ReviewView> {
  return withOutbox(async (tx, publish) => {
    const order = await lockOrder(tx, orderId);
    if (!order) throw notFound("order");
    // The order's lock protects the review too, so it is read after the lock is held.
    const review = await tx.orderReview.findUnique({ where: { orderId } });
    if (review && review.status !== "held" && review.status !== "noted") {
      if (review.status === OUTCOME[decision]) return toView(review);
      throw conflict("review_decided", `The order has been ${review.status} already.`, [
        { path: "decision", message: `it was ${review.status}` },
      ]);
    }
    if (review?.status !== "held" || !isOpen(order.status))
      throw conflict("order_not_held", `An order that is ${order.status} does not wait for a decision.`, [
        { path: "id", message: "is not an order that is held" },
      ]);
    const decided = { status: OUTCOME[decision], decidedBy: managerId, decidedAt: now(), note: note ?? null };
    if (decision === "release") await releaseOrder(tx, publish, orderId, order);
    else await recordOrderCancellation(tx, publish, orderId, order.status, "review_rejected");
    return toView(await tx.orderReview.update({ where: { orderId }, data: decided }));
  });
}

/** Cancels an order that is still held when the time for a decision is over. Returns the state of the hold afterwards. */
export async function expireReview(orderId: string): Promise<HoldState> {
  return withOutbox(async (tx, publish) => {
    const order = await lockOrder(tx, orderId);
    if (!order || !isOpen(order.status)) return "ended";
    const review = await tx.orderReview.findUnique({ where: { orderId } });
    if (review?.status !== "held") return "released";
    await tx.orderReview.update({ where: { orderId }, data: { status: "expired", decidedAt: now() } });
    await recordOrderCancellation(tx, publish, orderId, order.status, "review_expired");
    return "ended";
  });
}

const toView = ({ orderId, status, decidedBy, decidedAt, note }: OrderReview): ReviewView => ({
  ...{ orderId, status, decidedBy, note },
  decidedAt: decidedAt?.toISOString() ?? null,
});

async function releaseOrder(
  tx: Tx,
  publish: Publish,
  orderId: string,
  { attempt, deadlineAt }: LockedOrder,
): Promise<void> {
  const payment = await tx.payment.findUnique({
    where: { orderId_attempt: { orderId, attempt } },
    select: { refunded: true },
  });
  // Money can be refunded in Stripe's dashboard. Such an order can only be rejected.
  if (payment && payment.refunded > 0)
    throw conflict("order_refunded", "The order has been refunded, and can only be rejected.", [
      { path: "decision", message: "must be reject, because money has gone back" },
    ]);
  const at = now();
  await insertTimeline(tx, [{ orderId, type: "order_released" }], at);
  // An order that is released at the last moment still has time to be confirmed.
  const confirmBy = after(HOUR, at);
  await tx.order.update({
    where: { id: orderId },
    data: { deadlineAt: deadlineAt > confirmBy ? deadlineAt : confirmBy, updatedAt: at },
    select: { id: true },
  });
  publish({ name: EVENTS.ORDER_REVIEWED, id: `order-reviewed:${orderId}`, data: { orderId } });
}
