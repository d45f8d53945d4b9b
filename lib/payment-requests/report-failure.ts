import { raiseAlert } from "../alerts";
import { log } from "../log";
import { paymentKind } from "./payment-kinds";
import type { PaymentRequest } from "./payment-request";
import { readPayable } from "./read-payable";

export interface FailedRun {
  runId: string;
  request: PaymentRequest;
  message: string;
  stack: string | undefined;
}

/** A payment whose retries are used up: logged with its run and its stack, and raised to the operators. */
export async function reportPaymentFailure({ runId, request, message, stack }: FailedRun): Promise<boolean> {
  log.error({ runId, ...request, stack }, `process-payment failed for good: ${message}`);
  const { purpose, id } = request;
  return raiseAlert({
    kind: "payment_run_failed",
    id: `payment-run-failed:${runId}`,
    subject: `Paying ${purpose} ${id} failed for good`,
    detail: { runId, purpose, id, message, stack },
  });
}

/**
 * Leaves the books balanced after a run that died. An order is ended, and what was taken for it goes back. An expense is
 * still owed: what may have been sent for it is known to Stripe, and the reconciler goes on from there.
 */
export async function balanceBooks({ purpose, id }: PaymentRequest): Promise<string> {
  if (purpose === "expense") return "left to the reconciler";
  const order = await readPayable(id);
  return order ? paymentKind(purpose).giveBack(id, order.attempt, "fulfilment_failed") : "unknown";
}
