import { now } from "../clock";
import type { Tx } from "../db";
import { conflict } from "../errors";
import { EVENTS } from "../events";
import { newId } from "../ids";
import type { Refund } from "../models";
import { insertTimeline, lockOrder } from "../order-state/order-changes";
import type { Publish } from "../outbox";
import { insertRefund } from "./refund-order";
import { markOrderRefunded } from "./sync-refund";

/**
 * Applies an operator's decision on a refund that failed: `resume` requests it again, and `dismiss` records that the money was paid
 * back otherwise. A refund that is pending is of a payment at another provider, where the operator has paid it back. Money that was
 * refunded meanwhile is not counted twice: if nothing is left, `resume` requests nothing. The items stay with the failed refund.
 *
 * @throws AppError `nothing_to_refund` (409) for `dismiss`, if nothing is left
 */
export async function releaseRefund(
  tx: Tx,
  publish: Publish,
  action: "resume" | "dismiss",
  refundId: string,
): Promise<void> {
  const found = await tx.refund.findUnique({ where: { id: refundId }, select: { orderId: true } });
  if (!found) return;
  const { orderId } = found;
  await lockOrder(tx, orderId);
  const refund = await tx.refund.findUniqueOrThrow({ where: { id: refundId } });
  const { paymentId, currency, reason } = refund;
  const { captured, refunded, provider } = await tx.payment.findUniqueOrThrow({ where: { id: paymentId } });
  if (refund.status === "pending" && provider !== "stripe") return recordPaidBack(tx, publish, refund);
  // Stripe may have made a refund after all that it had refused before, or be about to.
  const amount = refund.status === "failed" ? Math.min(refund.amount, captured - refunded) : 0;
  if (amount === 0 && action === "dismiss")
    throw conflict("nothing_to_refund", "Nothing is left to pay back. A retry closes the task and refunds nothing.");
  if (amount === 0) return;
  if (action === "resume") {
    await insertRefund(tx, publish, { orderId, paymentId, amount, currency, reason });
    return;
  }
  const at = now();
  const id = newId("ref");
  await tx.payment.update({ where: { id: paymentId }, data: { refunded: { increment: amount }, updatedAt: at } });
  await tx.refund.create({
    data: {
      ...{ id, orderId, paymentId, amount, currency, reason, status: "succeeded" },
      ...{ idempotencyKey: `otherwise:${id}`, createdAt: at, updatedAt: at },
    },
  });
  await insertTimeline(tx, [{ orderId, type: "refund_paid_otherwise", key: id, data: { amount, currency } }], at);
  await markOrderRefunded(tx, id, orderId, at);
}

async function recordPaidBack(tx: Tx, publish: Publish, { id, orderId, amount, currency }: Refund): Promise<void> {
  const at = now();
  await tx.refund.update({ where: { id }, data: { status: "succeeded", updatedAt: at } });
  await insertTimeline(tx, [{ orderId, type: "refund_succeeded", key: id, data: { amount, currency } }], at);
  publish({ name: EVENTS.REFUND_SUCCEEDED, id: `refund-succeeded:${id}`, data: { orderId, refundId: id } });
  await markOrderRefunded(tx, id, orderId, at);
}
