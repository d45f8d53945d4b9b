import { raiseAlert } from "../alerts";
import { db } from "../db";
import { log } from "../log";
import { expensePayment } from "./expense-payment";
import { orderPayment } from "./order-payment";
import type { PaymentKind, PaymentRequest } from "./payment-request";

const KINDS: Record<PaymentRequest["purpose"], PaymentKind> = { expense: expensePayment, order: orderPayment };

export const paymentKind = (purpose: PaymentRequest["purpose"]): PaymentKind => KINDS[purpose];

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
    id: `payment-run-failed:${runId}`,
    subject: `The payment for ${purpose} ${id} failed after all retries`,
    detail: { runId, purpose, id, message, stack },
  });
}

/**
 * Compensates a run that failed after all retries. An order fails, and its money is refunded. An expense is still owed, so the
 * reconciler continues its payout from the state at Stripe.
 */
export async function compensate({ purpose, id }: PaymentRequest): Promise<string> {
  if (purpose === "expense") return "left to the reconciler";
  const order = await db().order.findUnique({ where: { id }, select: { attempt: true } });
  return order ? paymentKind(purpose).refund(id, order.attempt, "fulfilment_failed") : "unknown";
}
