import { type Client, checkFailures, failuresUntil } from "../client-limits";
import { after, ago, DAY, now } from "../clock";
import { retakeCoupon } from "../coupons/redeem-coupon";
import { db, Prisma } from "../db";
import { queuedEmailCancellation } from "../email/send-email";
import { conflict, notFound } from "../errors";
import { orderProcessingEvent } from "../inngest";
import { lockOrder, timelineInsert } from "../order-state/order-changes";
import { canPayAgain, MAX_ATTEMPTS, ORDER_DEADLINE_MS, RETRY_WINDOW_DAYS } from "../order-state/status";
import { withOutbox } from "../outbox";

/** How long an order of a storefront waits for its customer, who gets a link to pay. Its items are not reserved. */
const PAYMENT_LINK_MS = 3 * DAY;

/** Lets an order without a payment method wait for its customer. Returns whether it waits. Safe to repeat. */
export async function awaitPaymentMethod(orderId: string, attempt: number): Promise<boolean> {
  const at = now();
  const { count } = await db().order.updateMany({
    where: { id: orderId, attempt, status: "pending", paymentMethod: null },
    data: { status: "awaiting_payment", deadlineAt: after(PAYMENT_LINK_MS, at), updatedAt: at },
  });
  return count === 1 || (await db().order.count({ where: { id: orderId, attempt, status: "awaiting_payment" } })) === 1;
}

/** `stripeCustomer`: the card is one that this customer of Stripe has saved, and is charged off session. */
export interface Card {
  paymentMethod: string;
  stripeCustomer?: string;
}

/**
 * Starts another attempt to pay for a failed order with another card, or for an order that waits for a payment method. The order
 * gets a new reservation and a new idempotency key. Of two concurrent calls, one starts the attempt and the other one gets an error.
 *
 * @throws AppError `not_found` (404), `order_not_payable`, `coupon_used` (409), `challenge_required` (403), `too_many_failures` (429)
 */
export async function payAgain(
  orderId: string,
  { paymentMethod, stripeCustomer }: Card,
  client: Client,
): Promise<void> {
  const [row] = await db().$queryRaw<
    { until: Date | null }[]
  >`SELECT ${failuresUntil(Prisma.sql`${client.key ?? null}::text`)} AS until`;
  checkFailures(client, row?.until ?? null);
  await withOutbox(async (tx, publish) => {
    const order = await lockOrder(tx, orderId);
    if (!order) throw notFound("order");
    if (order.status === "failed" && order.attempt >= MAX_ATTEMPTS)
      throw conflict("order_not_payable", `${MAX_ATTEMPTS} payments of this order have failed; please place it again.`);
    const waits =
      order.status === "awaiting_payment" &&
      order.paymentMethod === null &&
      (await tx.payment.count({ where: { orderId, captured: { gt: 0 } } })) === 0;
    if (!waits && !canPayAgain(order.status, order.endReason, order.attempt))
      throw conflict("order_not_payable", `An order that is ${order.status} cannot be paid again.`);
    if (order.createdAt < ago(RETRY_WINDOW_DAYS * DAY))
      throw conflict("order_not_payable", "This order is too old to be paid; please place it again.");
    await retakeCoupon(tx, orderId, order.couponCode);
    const at = now();
    const attempt = order.attempt + 1;
    await tx.$executeRaw`
      WITH timeline AS (${timelineInsert([{ orderId, type: "payment_retried", key: attempt }], at)}),
      suppressed AS (${queuedEmailCancellation("order_failed", `${orderId}:${order.attempt}`)})
      UPDATE orders SET status = 'pending', end_reason = NULL, attempt = ${attempt}, payment_method = ${paymentMethod},
        client_key = coalesce(${client.key ?? null}, client_key), stripe_customer = ${stripeCustomer ?? null},
        deadline_at = ${after(ORDER_DEADLINE_MS, at)}, updated_at = ${at} WHERE id = ${orderId}`;
    publish(orderProcessingEvent({ orderId, attempt }));
  });
}
