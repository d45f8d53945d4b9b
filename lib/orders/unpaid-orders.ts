import { ago, MINUTE } from "../clock";
import { db, Prisma } from "../db";
import { refreshPayment } from "../payments/charge-order";
import type { Sweep } from "../sweep";
import { sendPaymentReminder, sendPaymentRequest } from "./send-order-email";

/** The run sends the link right after the order has begun to wait. The email has its key, so it is sent once. */
const REQUEST_GRACE_MS = 2 * MINUTE;

export const unrequestedPayments: Sweep = {
  name: "unrequested-payments",
  description: "Emails the link to pay for an order without a payment method, if its run was lost before it sent it.",
  intervalMs: MINUTE,
  find: (at) => Prisma.sql`
    SELECT o.id FROM orders o
    WHERE o.status = 'awaiting_payment' AND o.payment_method IS NULL AND o.deadline_at > ${at} AND o.updated_at <= ${ago(REQUEST_GRACE_MS, at)}
      AND NOT EXISTS (SELECT 1 FROM emails m WHERE m.kind = 'order_payment_request' AND m.entity_id = o.id)
    ORDER BY o.updated_at`,
  repair: sendPaymentRequest,
};

/** A customer who is still at the bank's page needs no email. */
const REMINDER_AFTER_MS = 10 * MINUTE;

export const unremindedPayments: Sweep = {
  name: "unreminded-payments",
  description: "Emails customers, once, whose payment has waited for them for ten minutes (3-D Secure).",
  intervalMs: MINUTE,
  find: (at) => Prisma.sql`
    SELECT o.id FROM orders o JOIN payments p ON p.order_id = o.id AND p.attempt = o.attempt
    WHERE o.status = 'awaiting_payment' AND o.deadline_at > ${at}
      AND p.status = 'requires_action' AND p.updated_at <= ${ago(REMINDER_AFTER_MS, at)}
      AND NOT EXISTS (SELECT 1 FROM emails m WHERE m.kind = 'order_payment_reminder' AND m.entity_id = o.id || ':' || o.attempt)
    ORDER BY p.updated_at`,
  repair: remindCustomer,
};

/** Sends the email only if Stripe says that the payment still waits: the customer may have paid, and the webhook may be lost. */
async function remindCustomer(orderId: string): Promise<void> {
  const order = await db().order.findUnique({ where: { id: orderId }, select: { attempt: true } });
  if (!order) return;
  const { outcome } = await refreshPayment(orderId, order.attempt);
  if (outcome === "requires_action") await sendPaymentReminder(orderId, order.attempt);
}
