import { z } from "zod";
import type { OrderReview } from "@/prisma/generated/client";
import { ReviewStatus } from "@/prisma/generated/enums";
import { after, HOUR, MINUTE, now, SECOND } from "../clock";
import { Prisma, type Tx, transaction } from "../db";
import { reviewEnv } from "../env";
import { conflict, notFound } from "../errors";
import { EVENTS } from "../events";
import type { Money } from "../money";
import { insertTimeline, type LockedOrder, lockOrder, timelineInsert } from "../order-state/order-changes";
import { reservationExtension } from "../order-state/reservation-extension";
import { isOpen } from "../order-state/status";
import { type Publish, withOutbox } from "../outbox";
import { plainTextSchema } from "../text";
import { timeSchema } from "../view-schemas";
import { recordOrderCancellation } from "./change-order";

/** Returns whether an order is of high value: at least the amount configured for its currency. Other currencies have none. */
export function isHighValue({ amount, currency }: Money, from = reviewEnv().REVIEW_FROM): boolean {
  const minimum = from.get(currency);
  return minimum !== undefined && amount >= minimum;
}

/** Returns how long a paid order waits for a manager before it is cancelled, in ms. */
const holdTime = (): number => reviewEnv().REVIEW_HOLD_HOURS * HOUR;

/** Returns how long before the end managers are reminded, in ms: a quarter of the time. */
export const reminderTime = (hold = holdTime()): number => hold / 4;

/**
 * Returns the waits (ms) that add up to a hold. The database is read after each. The first ones are short, because a wait does not
 * receive a decision that came just before it.
 */
export function reviewWaits(hold = holdTime()): number[] {
  const first = 30 * SECOND;
  const second = 10 * MINUTE;
  return [first, second, hold - first - second];
}

/**
 * Returns the INSERT of the review of an order of high value, as a CTE of the statement that inserts the order. It is decided
 * there, once, so that every function finds the same decision.
 */
export function reviewInsert(orderId: string, total: Money, at: Date): Prisma.Sql {
  if (!isHighValue(total)) return Prisma.sql`SELECT 1`;
  const status = reviewEnv().REVIEW_HOLD ? "held" : "noted";
  return Prisma.sql`INSERT INTO order_reviews (order_id, status, created_at) VALUES (${orderId}, ${status}::review_status, ${at}::timestamptz)`;
}

/** `ended`: the order was cancelled, or another attempt to pay for it has started. */
export type HoldState = "held" | "released" | "ended";

/** The run ends a hold when it expires. The reconciler ends it this much later. */
const RECONCILE_DELAY_MS = 10 * MINUTE;

/**
 * Returns whether a paid order is held for a manager. The first call starts the hold and extends the order's reservation to its
 * end. The review is read under the lock under which managers decide, so no decision is missed.
 */
export async function holdOrder(orderId: string, attempt: number): Promise<HoldState> {
  return transaction(async (tx) => {
    const order = await lockOrder(tx, orderId);
    if (!order || !isOpen(order.status) || order.attempt !== attempt) return "ended";
    const review = await tx.orderReview.findUnique({
      where: { orderId },
      select: {
        status: true,
        order: { select: { timeline: { where: { type: "order_held", key: String(attempt) }, select: { id: true } } } },
      },
    });
    if (review?.status !== "held") return "released";
    if (review.order.timeline.length === 0) await startHold(tx, orderId, attempt);
    return "held";
  });
}

async function startHold(tx: Tx, orderId: string, attempt: number): Promise<void> {
  const at = now();
  const dueAt = after(holdTime(), at);
  const deadline = after(RECONCILE_DELAY_MS, dueAt);
  await tx.$executeRaw`
    WITH timeline AS (${timelineInsert([{ orderId, type: "order_held", key: attempt }], at)}),
    extended AS (${reservationExtension(orderId, deadline)}), held AS (UPDATE order_reviews SET held_at = ${at}, due_at = ${dueAt} WHERE order_id = ${orderId})
    UPDATE orders SET status = 'pending', deadline_at = ${deadline}, updated_at = ${at} WHERE id = ${orderId}`;
}

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
  const deadline = deadlineAt > confirmBy ? deadlineAt : confirmBy;
  await tx.$executeRaw`
    WITH extended AS (${reservationExtension(orderId, deadline)})
    UPDATE orders SET deadline_at = ${deadline}, updated_at = ${at} WHERE id = ${orderId}`;
  publish({ name: EVENTS.ORDER_REVIEWED, id: `order-reviewed:${orderId}`, data: { orderId } });
}
