import { now } from "../clock";
import type { Tx } from "../db";
import { newId } from "../ids";
import { addManualTask } from "../manual-queue";
import { formatMoney, type Money } from "../money";
import { insertTimeline, lockOrder } from "../order-state/order-changes";
import { isOpen } from "../order-state/status";
import { withOutbox } from "../outbox";

/** A payment that the shop has not made: at another provider, or a PaymentIntent of the storefront's own. */
export interface ExternalPayment extends Money {
  provider: string;
  paymentId: string;
}

export type ExternalOutcome =
  /** The order is paid at this attempt, and can be confirmed. */
  { outcome: "paid"; attempt: number } | { outcome: "known" } | { outcome: "manual"; reason: string };

/**
 * Records a payment of an order, once for each provider and id. The right amount for an open order pays it, as an attempt of its
 * own. Any other money waits in the manual queue: an operator pays it back, or changes the order.
 */
export async function recordExternalPayment(orderId: string, payment: ExternalPayment): Promise<ExternalOutcome> {
  const { provider, paymentId: externalId, amount, currency } = payment;
  return withOutbox(async (tx) => {
    const order = await lockOrder(tx, orderId);
    const known = await tx.payment.findUnique({ where: { provider_externalId: { provider, externalId } } });
    if (known && (known.orderId !== orderId || known.attempt !== order?.attempt)) return { outcome: "known" };
    if (known) return { outcome: "paid", attempt: known.attempt };
    const row = await tx.order.findUniqueOrThrow({
      where: { id: orderId },
      select: { totalAmount: true, number: true },
    });
    const expected = { amount: row.totalAmount, currency: order?.currency ?? "" };
    if (!order || !isOpen(order.status)) return waits(tx, payment, orderId, `order ${row.number} is ${order?.status}`);
    if (amount !== expected.amount || currency !== expected.currency)
      return waits(tx, payment, orderId, `order ${row.number} costs ${formatMoney(expected)}`);
    const payments = await tx.payment.findMany({ where: { orderId }, select: { captured: true, refunded: true } });
    if (payments.some(({ captured, refunded }) => captured > refunded))
      return waits(tx, payment, orderId, `order ${row.number} is paid already`);
    const taken = await tx.payment.count({ where: { orderId, attempt: order.attempt } });
    const attempt = order.attempt + (taken > 0 ? 1 : 0);
    const at = now();
    await tx.payment.create({
      data: {
        ...{ id: newId("pay"), orderId, attempt, provider, externalId, amount, currency, captured: amount },
        ...{ status: "succeeded", paymentMethod: provider, idempotencyKey: `${provider}:${externalId}` },
        ...{ intentId: provider === "stripe" ? externalId : null, createdAt: at, updatedAt: at },
      },
    });
    await tx.order.update({ where: { id: orderId }, data: { attempt, updatedAt: at } });
    // What the order has reserved is for this payment.
    await tx.reservation.updateMany({ where: { orderId, status: "active" }, data: { attempt } });
    const data = { amount, currency, provider };
    await insertTimeline(tx, [{ orderId, type: "payment_succeeded", key: attempt, data }], at);
    return { outcome: "paid", attempt };
  });
}

async function waits(tx: Tx, payment: ExternalPayment, orderId: string, why: string): Promise<ExternalOutcome> {
  const { provider, paymentId, amount, currency } = payment;
  const message = `A payment of ${formatMoney(payment)} at ${provider} (${paymentId}) waits: ${why}.`;
  const cause = { code: "external_payment", message, orderId, amount, currency };
  const task = { kind: "payment", entityId: `${provider}:${paymentId}` } as const;
  // Also a resolved task: the money that it is about has been paid back.
  if ((await tx.manualTask.count({ where: task })) === 0) await addManualTask(tx, task.kind, task.entityId, cause);
  return { outcome: "manual", reason: message };
}
