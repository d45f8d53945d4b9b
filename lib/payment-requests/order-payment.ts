import { db } from "../db";
import { reserveStock } from "../inventory/reservations";
import { isOpen } from "../order-state/status";
import { confirmOrder } from "../orders/confirm-order";
import { failOrder } from "../orders/fail-order";
import { sendConfirmationEmail } from "../orders/send-order-email";
import { cancelOpenPaymentIntents } from "../payments/cancel-payment-intents";
import { chargeOrder } from "../payments/charge-order";
import { holdOrder } from "../review/hold-order";
import { type PaymentKind, refuseAmount } from "./payment-request";

/**
 * Pays for an open order if an operator or another system requests it, and not `process-order`. It works on the same attempt, with
 * the same payment row, idempotency key, PaymentIntent and reservation, by the same functions. Both at once make one charge and one
 * confirmation. It does not reopen an order that has ended: the customer starts the next attempt (`payAgain`).
 */
export const orderPayment: PaymentKind = {
  async prepare(request) {
    const order = await db().order.findUnique({
      where: { id: request.id },
      select: { status: true, attempt: true, totalAmount: true, currency: true },
    });
    if (!order) return { due: false, reason: "There is no such order." };
    const { status, attempt, totalAmount: amount, currency } = order;
    if (!isOpen(status)) return { due: false, reason: `The order is ${status}.` };
    if (amount !== request.amount || currency !== request.currency) return refuseAmount(request, { amount, currency });
    const reservation = await reserveStock(request.id, attempt);
    if (reservation.outcome === "reserved") return { due: true, attempt };
    if (reservation.outcome === "out_of_stock") await failOrder(request.id, attempt, "out_of_stock");
    return { due: false, reason: reservation.outcome };
  },
  async pay(orderId, attempt) {
    const payment = await chargeOrder(orderId, attempt);
    if (payment.outcome === "succeeded") return { outcome: "paid" };
    // `process-order` waits for a customer who must authenticate. The reconciler restarts it if its run was lost.
    if (payment.outcome !== "failed") return { outcome: "unpaid", reason: payment.outcome };
    await failOrder(orderId, attempt, payment.reason);
    await cancelOpenPaymentIntents(orderId);
    return { outcome: "unpaid", reason: payment.reason };
  },
  async settle(orderId, attempt) {
    // A manager releases an order of high value. Its own run, or the reconciler's, confirms it then.
    if ((await holdOrder(orderId, attempt)) === "held") return "held";
    const status = await confirmOrder(orderId, attempt);
    return status === "failed" || status === "cancelled" ? "refused" : "settled";
  },
  async refund(orderId, attempt) {
    const status = await failOrder(orderId, attempt, "fulfilment_failed");
    if (status === "failed") await cancelOpenPaymentIntents(orderId);
    return status;
  },
  notify: (orderId) => sendConfirmationEmail(orderId),
};
