import Stripe from "stripe";
import type { OrderStatus } from "@/prisma/generated/enums";
import { failuresUntil, waitAfterFailures } from "../client-limits";
import { now } from "../clock";
import { db, Prisma } from "../db";
import { appEnv } from "../env";
import { AppError } from "../errors";
import { newId } from "../ids";
import { installationId } from "../installation";
import type { Order, Payment } from "../models";
import {
  callStripe,
  confirmPaymentIntent,
  createPaymentIntent,
  findPaymentIntent,
  withIdempotencyKey,
} from "../stripe";
import type { PaymentOutcome } from "./payment-policy";
import { syncOrderPayment } from "./sync-order-payment";

/** A payment row, one attempt to pay for an order, with fields of the order. */
interface PaymentAttempt
  extends Pick<Payment, "id" | "orderId" | "attempt" | "status" | "amount" | "currency" | "paymentMethod">,
    Pick<Order, "stripeCustomer">,
    Pick<Payment, "idempotencyKey" | "idempotencyKeyVersion" | "intentId" | "failureCode"> {
  orderToken: string;
  orderNumber: number;
  orderStatus: OrderStatus;
  /** The end of the failures of the client that pays (lib/client-limits.ts). */
  clientFailures: Date | null;
}

/**
 * Charges an order, at most once for each attempt. The payment row is stored before the first call of Stripe, and the
 * PaymentIntent's id before it is confirmed. A PaymentIntent succeeds at most once. A call after a crash resumes where the last
 * one stopped. Two calls of Stripe if nothing fails.
 *
 * @throws AppError `stripe_unavailable`, with `retry`, if a retry can help
 */
export async function chargeOrder(orderId: string, attempt: number): Promise<PaymentOutcome> {
  const payment = await startPaymentAttempt(orderId, attempt);
  if (!payment) return { outcome: "ended" };
  // Also a payment at another provider, which a storefront has reported.
  if (payment.status === "succeeded") return { outcome: "succeeded" };
  try {
    return await withIdempotencyKey("payments", payment, (key) =>
      payment.intentId ? resumePayment(payment, payment.intentId, key) : startPayment(payment, key),
    );
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    const code = error.decline_code || error.code || error.type;
    await failPaymentAttempt(payment, code, error.message);
    return refused(code);
  }
}

/**
 * Polls the payment of an order that waits for its customer: reads its PaymentIntent from Stripe and applies it to the order.
 * @throws AppError `stripe_unavailable` or `payment_undecided`, with `retry`
 */
export async function refreshPayment(orderId: string, attempt: number): Promise<PaymentOutcome> {
  const payment = await db().payment.findUnique({
    where: { orderId_attempt: { orderId, attempt } },
    select: { intentId: true },
  });
  if (!payment?.intentId) return { outcome: "ended" };
  const intent = await findPaymentIntent(payment.intentId);
  return intent ? applyIntent(intent) : refused("resource_missing");
}

const TOO_MANY_FAILURES = "too_many_failures";

/** Stripe refused a parameter, of which the customer chooses only the payment method, or we did not ask it. */
function refused(code: string): PaymentOutcome {
  if (code === TOO_MANY_FAILURES) return { outcome: "failed", reason: code, code };
  const reason = code === "resource_missing" ? "invalid_payment_method" : "payment_unavailable";
  return { outcome: "failed", reason, code };
}

async function startPayment(payment: PaymentAttempt, key: string): Promise<PaymentOutcome> {
  const { id, orderId, attempt, amount, currency, paymentMethod, failureCode, orderNumber, orderStatus } = payment;
  const { clientFailures } = payment;
  if (failureCode) return refused(failureCode);
  if (orderStatus !== "pending") return { outcome: "ended" };
  // Many checkouts at once can be placed before the first of them fails.
  if (waitAfterFailures(clientFailures) > 0) {
    await failPaymentAttempt(payment, TOO_MANY_FAILURES, "Too many payments of this client have failed.");
    return refused(TOO_MANY_FAILURES);
  }
  const intent = await createPaymentIntent(key, {
    amount,
    currency: currency.toLowerCase(),
    payment_method: paymentMethod,
    allowed_payment_method_types: ["card"],
    ...(payment.stripeCustomer && { customer: payment.stripeCustomer }),
    description: `Order ${orderNumber}`,
    metadata: { order_id: orderId, payment_id: id, attempt: String(attempt), installation_id: await installationId() },
  });
  return confirmPayment(payment, intent.id, key);
}

async function resumePayment(payment: PaymentAttempt, intentId: string, key: string): Promise<PaymentOutcome> {
  const intent = await callStripe((stripe) => stripe.paymentIntents.retrieve(intentId));
  const unconfirmed =
    intent.status === "requires_confirmation" ||
    (intent.status === "requires_payment_method" && !intent.last_payment_error);
  if (!unconfirmed) return applyIntent(intent);
  // Stripe has refused to confirm it. The caller fails the order again, and then cancels the intent.
  return payment.failureCode ? refused(payment.failureCode) : confirmPayment(payment, intentId, key);
}

async function confirmPayment(payment: PaymentAttempt, intentId: string, key: string): Promise<PaymentOutcome> {
  const claimed = await claimPaymentIntent(payment, intentId);
  if (claimed !== intentId) {
    await callStripe((stripe) => stripe.paymentIntents.cancel(intentId));
    return claimed ? resumePayment(payment, claimed, key) : { outcome: "ended" };
  }
  const params = {
    // Set again, because an earlier call that was declined has removed it from the intent.
    payment_method: payment.paymentMethod,
    return_url: `${appEnv().APP_URL}/orders/${payment.orderId}?token=${payment.orderToken}`,
    // The customer is not there to authenticate a saved card.
    ...(payment.stripeCustomer && { off_session: true }),
  };
  return applyIntent(await confirmPaymentIntent(intentId, params, `${key}:confirm`));
}

async function applyIntent(intent: Stripe.PaymentIntent): Promise<PaymentOutcome> {
  const outcome = await syncOrderPayment(intent);
  if (!outcome)
    throw new AppError("payment_undecided", 503, `PaymentIntent ${intent.id} is ${intent.status}.`, { retry: true });
  return outcome;
}

/**
 * Returns the payment row of an attempt, which is inserted unless it exists. Undefined if the order has ended or is at another
 * attempt and no row exists. If another run inserts the row at the same moment, the first statement neither inserts nor sees it.
 */
async function startPaymentAttempt(orderId: string, attempt: number): Promise<PaymentAttempt | undefined> {
  return (await insertOrReadAttempt(orderId, attempt)) ?? insertOrReadAttempt(orderId, attempt);
}

async function insertOrReadAttempt(orderId: string, attempt: number): Promise<PaymentAttempt | undefined> {
  const at = now();
  const [payment] = await db().$queryRaw<PaymentAttempt[]>`
    WITH inserted AS (
      INSERT INTO payments (id, order_id, attempt, status, amount, currency, payment_method, idempotency_key, created_at, updated_at)
      SELECT ${newId("pay")}, o.id, o.attempt, 'created', o.total_amount, o.currency, o.payment_method, ${`${orderId}:${attempt}`}, ${at}, ${at}
      FROM orders o WHERE o.id = ${orderId} AND o.attempt = ${attempt} AND o.status = 'pending'
      ON CONFLICT (order_id, attempt) DO NOTHING RETURNING *
    ), payment AS (
      SELECT * FROM inserted UNION ALL
      SELECT * FROM payments WHERE order_id = ${orderId} AND attempt = ${attempt} AND NOT EXISTS (SELECT 1 FROM inserted)
    )
    SELECT p.id, p.order_id AS "orderId", p.attempt, p.status, p.amount, p.currency, p.payment_method AS "paymentMethod",
      p.idempotency_key AS "idempotencyKey", p.idempotency_key_version AS "idempotencyKeyVersion", p.intent_id AS "intentId",
      p.failure_code AS "failureCode", o.token AS "orderToken", o.number AS "orderNumber", o.status AS "orderStatus", o.stripe_customer AS "stripeCustomer",
      ${failuresUntil(Prisma.sql`o.client_key`)} AS "clientFailures"
    FROM payment p JOIN orders o ON o.id = p.order_id`;
  return payment;
}

/**
 * Stores the PaymentIntent's id before it is confirmed, and returns the id that is stored. If two intents were created at
 * once, the first one is stored and the other is never confirmed. Null if the order has ended. The shared lock on the order
 * serializes this and a cancellation.
 */
async function claimPaymentIntent(payment: PaymentAttempt, intentId: string): Promise<string | null> {
  const [claimed] = await db().$queryRaw<{ intentId: string }[]>`
    WITH open AS (
      SELECT id FROM orders WHERE id = ${payment.orderId} AND attempt = ${payment.attempt} AND status IN ('pending', 'awaiting_payment') FOR SHARE
    )
    UPDATE payments p SET intent_id = coalesce(p.intent_id, ${intentId}), status = 'confirming', updated_at = ${now()}
    FROM open WHERE p.order_id = open.id AND p.id = ${payment.id} AND p.status IN ('created', 'confirming')
    RETURNING p.intent_id AS "intentId"`;
  return claimed?.intentId ?? null;
}

/** Stripe refused the parameters, so there is no PaymentIntent, and the attempt has failed. */
async function failPaymentAttempt({ id }: PaymentAttempt, failureCode: string, failureMessage: string): Promise<void> {
  await db().payment.updateMany({
    where: { id, status: { in: ["created", "confirming"] } },
    data: { status: "failed", failureCode, failureMessage, updatedAt: now() },
  });
}
