import { reserveStock } from "../inventory/reserve-stock";
import { isOpen } from "../order-state/status";
import { confirmOrder } from "../orders/confirm-order";
import { failOrder } from "../orders/fail-order";
import { sendConfirmationEmail } from "../orders/send-order-email";
import { cancelOpenPaymentIntents } from "../payments/cancel-payment-intents";
import { chargeOrder } from "../payments/charge-order";
import { holdOrder } from "../review/hold-order";
import type { PaymentKind } from "./payment-request";
import { readPayable } from "./read-payable";
import { refuseAmount } from "./refuse-amount";

/**
 * Pays for an open order when something else than `process-order` asks for it: an operator, or another system. It is the
 * same attempt (one payment row, one idempotency key, one PaymentIntent, one reservation for each), taken by the same
 * functions of lib, so that both at once are one charge and one confirmation. What has ended is not opened again here: a
 * customer does that with another card (`payAgain`), as the next attempt.
 */
export const orderPayment: PaymentKind = {
  async prepare(request) {
    const order = await readPayable(request.id);
    if (!order) return { due: false, reason: "There is no such order." };
    if (!isOpen(order.status)) return { due: false, reason: `The order is ${order.status}.` };
    if (order.amount !== request.amount || order.currency !== request.currency) return refuseAmount(request, order);
    const { attempt } = order;
    const reserved = await reserveStock(request.id, attempt);
    if (reserved.outcome === "reserved") return { due: true, attempt };
    if (reserved.outcome === "out_of_stock") await failOrder(request.id, attempt, "out_of_stock");
    return { due: false, reason: reserved.outcome };
  },
  async pay(orderId, attempt) {
    const payment = await chargeOrder(orderId, attempt);
    if (payment.outcome === "succeeded") return { outcome: "paid" };
    if (payment.outcome !== "failed") {
      // Waiting for the customer is `process-order`'s, which the reconciler starts again if it is lost.
      return { outcome: "unpaid", reason: payment.outcome };
    }
    await failOrder(orderId, attempt, payment.reason);
    await cancelOpenPaymentIntents(orderId);
    return { outcome: "unpaid", reason: payment.reason };
  },
  async fulfil(orderId, attempt) {
    // An order of high value goes on when a manager has released it; its own run, or the reconciler's, sees to that.
    if ((await holdOrder(orderId, attempt)) === "held") return "held";
    const status = await confirmOrder(orderId, attempt);
    return status === "failed" || status === "cancelled" ? "refused" : "fulfilled";
  },
  async giveBack(orderId, attempt) {
    const status = await failOrder(orderId, attempt, "fulfilment_failed");
    if (status === "failed") await cancelOpenPaymentIntents(orderId);
    return status;
  },
  tell: (orderId) => sendConfirmationEmail(orderId),
};
