import { raiseAlert } from "../alerts";
import { db } from "../db";
import type { EventData } from "../events";
import { notifyPayout } from "../expenses/expense-emails";
import { reserveStock } from "../inventory/reservations";
import { log } from "../log";
import { formatMoney, type Money } from "../money";
import { isOpen } from "../order-state/status";
import { confirmOrder, failOrder } from "../orders/change-order";
import { holdOrder } from "../orders/review";
import { sendConfirmationEmail } from "../orders/send-order-email";
import { chargeOrder } from "../payments/charge-order";
import { cancelOpenPaymentIntents } from "../payments/sync-order-payment";
import { readPayout, settlePayout } from "../payouts/payout";
import { reversePayout, sendPayout } from "../payouts/send-payout";

/** The data of `payment/process`. Its amount is checked against the database, and never charged. */
export type PaymentRequest = EventData<"payment/process">;

export type Prepared = { due: true; attempt: number } | { due: false; reason: string };
export type Paid = { outcome: "paid" } | { outcome: "unpaid"; reason: string };

export type Settlement = "settled" | "held" | "refused";

/**
 * How the payment for a purpose, an order or an expense, is made and refunded. Every function reads the current state from the
 * database and from Stripe, so it is safe to repeat, also by another run.
 */
export interface PaymentPurpose {
  /** Checks that something is to be paid, and that it can be settled once it is paid. */
  prepare(request: PaymentRequest): Promise<Prepared>;
  /** @throws AppError with `retry` if a retry can help */
  pay(id: string, attempt: number): Promise<Paid>;
  /** `refused`: it ended meanwhile, and the money must be refunded. `held`: it continues when a person has decided. */
  settle(id: string, attempt: number): Promise<Settlement>;
  /** Ends a payment whose attempts to `pay` are used up, and reverts its effects. Returns the status afterwards. */
  abandon(id: string, attempt: number): Promise<string>;
  /** Refunds everything that the database and Stripe show as paid. Returns the status afterwards. */
  refund(id: string, attempt: number, reason: string): Promise<string>;
  /** Notifies the customer or employee of the result. */
  notify(id: string): Promise<string | null>;
}

/** Refuses a request whose amount differs from the amount owed. Nothing is paid, and an alert asks a person why. */
async function refuseAmount(request: PaymentRequest, owed: Money): Promise<Prepared> {
  const { purpose, id } = request;
  const reason = `It asks for ${formatMoney(request)}, and ${formatMoney(owed)} are owed.`;
  await raiseAlert({
    kind: "payment_mismatch",
    incident: `payment-mismatch:${purpose}:${id}:${request.amount}${request.currency}`,
    subject: `A payment for ${purpose} ${id} was refused`,
    detail: { purpose, id, reason },
  });
  return { due: false, reason };
}

/**
 * Pays out an approved expense by a transfer from the shop's Stripe balance to the account of its submitter. A transfer is the only
 * payout that can be reversed if the expense is found not to be payable.
 */
const expensePayment: PaymentPurpose = {
  async prepare(request) {
    const payout = await readPayout(request.id);
    if (!payout) return { due: false, reason: "There is no such expense, or it is not approved." };
    if (payout.amount !== request.amount || payout.currency !== request.currency) return refuseAmount(request, payout);
    return { due: true, attempt: 1 };
  },
  pay: (expenseId) => sendPayout(expenseId),
  // It is still owed. The reconciler continues its payout from the state at Stripe.
  abandon: async () => "left to the reconciler",
  settle: async (expenseId) => ((await settlePayout(expenseId)) ? "settled" : "refused"),
  refund: async (expenseId, _attempt, reason) => (await reversePayout(expenseId, reason)) ?? "unknown",
  notify: (expenseId) => notifyPayout(expenseId),
};

/**
 * Pays for an open order if an operator or another system requests it, and not `process-order`. It works on the same attempt, with
 * the same payment row, idempotency key, PaymentIntent and reservation, by the same functions. Both at once make one charge and one
 * confirmation. It does not reopen an order that has ended: the customer starts the next attempt (`payAgain`).
 */
const orderPayment: PaymentPurpose = {
  async prepare(request) {
    const order = await db().order.findUnique({
      where: { id: request.id },
      select: {
        ...{ status: true, attempt: true, totalAmount: true, currency: true, paymentMethod: true },
        payments: { where: { status: { in: ["requires_action", "succeeded"] } }, select: { attempt: true } },
      },
    });
    if (!order) return { due: false, reason: "There is no such order." };
    const { status, attempt, totalAmount: amount, currency } = order;
    if (!isOpen(status)) return { due: false, reason: `The order is ${status}.` };
    if (amount === 0) return { due: false, reason: "There is nothing to pay." };
    if (amount !== request.amount || currency !== request.currency) return refuseAmount(request, { amount, currency });
    // The customer is paying or has paid, and needs no new reservation.
    if (order.payments.some((payment) => payment.attempt === attempt)) return { due: true, attempt };
    if (order.paymentMethod === null) return { due: false, reason: "The order waits for its customer to pay." };
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
    return ["failed", "cancelled", "ended"].includes(status) ? "refused" : "settled";
  },
  abandon: failAttempt,
  refund: failAttempt,
  notify: (orderId) => sendConfirmationEmail(orderId),
};

/** Fails an order at this attempt, which refunds its money. An order that its customer is paying for again stays as it is. */
async function failAttempt(orderId: string, attempt: number): Promise<string> {
  const status = await failOrder(orderId, attempt, "fulfilment_failed");
  if (status === "failed") await cancelOpenPaymentIntents(orderId);
  return status;
}

const PURPOSES: Record<PaymentRequest["purpose"], PaymentPurpose> = { expense: expensePayment, order: orderPayment };

export const paymentPurpose = (purpose: PaymentRequest["purpose"]): PaymentPurpose => PURPOSES[purpose];

export interface FailedRun {
  runId: string;
  request: PaymentRequest;
  message: string;
  stack: string | undefined;
}

/** Logs a run whose retries are used up, and raises an alert. */
export async function reportPaymentFailure({ runId, request, message, stack }: FailedRun): Promise<boolean> {
  log.error({ runId, ...request, stack }, `process-payment failed after all retries: ${message}`);
  const { purpose, id } = request;
  return raiseAlert({
    kind: "payment_run_failed",
    incident: `payment-run-failed:${runId}`,
    subject: `The payment for ${purpose} ${id} failed after all retries`,
    detail: { runId, purpose, id, message, stack },
  });
}
