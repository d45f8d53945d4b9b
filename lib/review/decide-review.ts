import { z } from "zod";
import type { OrderStatus, ReviewStatus } from "@/prisma/generated/enums";
import { after, HOUR, now } from "../clock";
import { type Tx, transaction } from "../db";
import { conflict, notFound } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { isOpen } from "../order-state/status";
import { timelineInsert } from "../order-state/timeline";
import { recordOrderCancellation } from "../orders/cancel-order";
import { announce, outboxInsert } from "../outbox";
import { plainText } from "../text";
import type { HoldState } from "./hold-order";

/** The body of `POST /api/admin/orders/{id}/review`. */
export const reviewDecisionSchema = z.strictObject({
  decision: z.enum(["release", "reject"], "must be release or reject"),
  note: plainText(500).optional().describe("For the other managers; the customer does not see it."),
});

export type ReviewDecision = z.output<typeof reviewDecisionSchema>;

export interface ReviewView {
  orderId: string;
  status: ReviewStatus;
  decidedBy: string | null;
  decidedAt: string | null;
  note: string | null;
}

const OUTCOME = { release: "released", reject: "rejected" } as const;

/**
 * A manager's decision on an order that is held. Released, the run goes on and confirms it; rejected, it is cancelled in
 * the same transaction: stock free again, money on its way back, the customer told by `cancel-order`. Of two managers at
 * once one decides; the other gets the same answer if they agree, and is refused if they do not.
 *
 * @throws AppError `not_found` (404), `order_not_held`, `order_refunded`, `review_decided` (409)
 */
export async function decideReview(
  orderId: string,
  { decision, note }: ReviewDecision,
  managerId: string,
): Promise<ReviewView> {
  const events: OutgoingEvent[] = [];
  const view = await transaction(async (tx) => {
    events.length = 0;
    const { order, review } = await lock(tx, orderId);
    if (!order) throw notFound("order");
    if (review && decided(review)) {
      if (review.status === OUTCOME[decision]) return review;
      throw conflict("review_decided", `The order has been ${review.status} already.`, [
        { path: "decision", message: `it was ${review.status}` },
      ]);
    }
    if (review?.status !== "held" || !isOpen(order.status))
      throw conflict("order_not_held", `An order that is ${order.status} does not wait for a decision.`, [
        { path: "id", message: "is not an order that is held" },
      ]);
    if (decision === "release") await requireMoney(tx, orderId);
    const at = now();
    events.push(
      ...(decision === "release"
        ? await release(tx, orderId, at)
        : await recordOrderCancellation(tx, orderId, order.status, "review_rejected")),
    );
    const after = { status: OUTCOME[decision], decidedBy: managerId, decidedAt: at, note: note ?? null };
    await write(tx, orderId, after);
    return after;
  });
  await announce(events);
  return { orderId, ...view, decidedAt: view.decidedAt?.toISOString() ?? null };
}

/** Nobody has decided in time: an order that is still held is cancelled. Says where the order stands. */
export async function expireReview(orderId: string): Promise<HoldState> {
  const events: OutgoingEvent[] = [];
  const state = await transaction(async (tx) => {
    events.length = 0;
    const { order, review } = await lock(tx, orderId);
    if (!order || !isOpen(order.status)) return "ended";
    if (review?.status !== "held") return "released";
    await write(tx, orderId, { status: "expired", decidedBy: null, decidedAt: now(), note: null });
    events.push(...(await recordOrderCancellation(tx, orderId, order.status, "review_expired")));
    return "ended";
  });
  await announce(events);
  return state;
}

type Decided = Omit<ReviewView, "orderId" | "decidedAt"> & { decidedAt: Date | null };

const decided = ({ status }: Decided): boolean => status !== "held" && status !== "noted";

/** The order's lock is the review's too; what it guards is read after it is held. */
async function lock(tx: Tx, orderId: string): Promise<{ order?: { status: OrderStatus }; review?: Decided }> {
  const [order] = await tx.$queryRaw<
    { status: OrderStatus }[]
  >`SELECT status FROM orders WHERE id = ${orderId} FOR UPDATE`;
  const [review] = await tx.$queryRaw<Decided[]>`
    SELECT status, decided_by AS "decidedBy", decided_at AS "decidedAt", note FROM order_reviews WHERE order_id = ${orderId}`;
  return { order, review };
}

/** Somebody may have refunded the order in Stripe's dashboard: then it can only be rejected. */
async function requireMoney(tx: Tx, orderId: string): Promise<void> {
  const refunded = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM payments p JOIN orders o ON o.id = p.order_id AND o.attempt = p.attempt WHERE o.id = ${orderId} AND p.refunded > 0`;
  if (refunded.length > 0)
    throw conflict("order_refunded", "The order has been refunded, and can only be rejected.", [
      { path: "decision", message: "must be reject, because money has gone back" },
    ]);
}

async function release(tx: Tx, orderId: string, at: Date): Promise<OutgoingEvent[]> {
  const event: OutgoingEvent = { name: EVENTS.ORDER_REVIEWED, id: `order-reviewed:${orderId}`, data: { orderId } };
  // Released at the last moment, it still has time to be confirmed.
  await tx.$executeRaw`
    WITH told AS (${timelineInsert([{ orderId, type: "order_released" }], at)}), announced AS (${outboxInsert([event], at)})
    UPDATE orders SET deadline_at = greatest(deadline_at, ${after(HOUR, at)}), updated_at = ${at} WHERE id = ${orderId}`;
  return [event];
}

async function write(tx: Tx, orderId: string, { status, decidedBy, decidedAt, note }: Decided): Promise<void> {
  await tx.$executeRaw`
    UPDATE order_reviews SET status = ${status}::review_status, decided_by = ${decidedBy}, decided_at = ${decidedAt}, note = ${note}
    WHERE order_id = ${orderId}`;
}
