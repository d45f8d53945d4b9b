import type { OrderStatus, PaymentStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { db } from "../db";
import { newId } from "../ids";

/** One attempt to pay for an order, as `charge-order` works on it. */
export interface Attempt {
  id: string;
  orderId: string;
  attempt: number;
  status: PaymentStatus;
  amount: number;
  currency: string;
  paymentMethod: string;
  idempotencyKey: string;
  tries: number;
  intentId: string | null;
  failureCode: string | null;
  token: string;
  number: number;
  orderStatus: OrderStatus;
}

/**
 * The payment row of this attempt, written now unless it is there already. Nothing when the order has ended or gone on to
 * another attempt and there is no row to finish. What the keys sent to Stripe are made of is kept with it, because Stripe
 * forgets a key after 24 hours (docs.stripe.com/api/idempotent_requests).
 */
export async function startPaymentAttempt(orderId: string, attempt: number): Promise<Attempt | undefined> {
  const at = now();
  const key = `${orderId}:${attempt}`;
  const [row] = await db().$queryRaw<Attempt[]>`
    WITH started AS (
      INSERT INTO payments (id, order_id, attempt, status, amount, currency, payment_method, idempotency_key, created_at, updated_at)
      SELECT ${newId("pay")}, o.id, o.attempt, 'created', o.total_amount, o.currency, o.payment_method, ${key}, ${at}, ${at}
      FROM orders o WHERE o.id = ${orderId} AND o.attempt = ${attempt} AND o.status = 'pending'
      ON CONFLICT (order_id, attempt) DO NOTHING RETURNING *
    ), payment AS (
      SELECT * FROM started UNION ALL
      SELECT * FROM payments WHERE order_id = ${orderId} AND attempt = ${attempt} AND NOT EXISTS (SELECT 1 FROM started)
    )
    SELECT p.id, p.order_id AS "orderId", p.attempt, p.status, p.amount, p.currency, p.payment_method AS "paymentMethod",
      p.idempotency_key AS "idempotencyKey", p.tries, p.intent_id AS "intentId", p.failure_code AS "failureCode", o.token, o.number, o.status AS "orderStatus"
    FROM payment p JOIN orders o ON o.id = p.order_id`;
  return row;
}

/**
 * Keeps the PaymentIntent's id before it is confirmed. Of two that were made at once the first that comes here is kept, and
 * nobody confirms the other. Returns the one that is kept; null when the order ended meanwhile. The shared lock on the order
 * makes this and a cancellation happen one after the other.
 */
export async function claimOrderPaymentIntent(payment: Attempt, intentId: string): Promise<string | null> {
  const [kept] = await db().$queryRaw<{ intentId: string }[]>`
    WITH open AS (
      SELECT id FROM orders WHERE id = ${payment.orderId} AND attempt = ${payment.attempt} AND status IN ('pending', 'awaiting_payment') FOR SHARE
    )
    UPDATE payments p SET intent_id = coalesce(p.intent_id, ${intentId}), status = 'confirming', updated_at = ${now()}
    FROM open WHERE p.order_id = open.id AND p.id = ${payment.id} AND p.status IN ('created', 'confirming') RETURNING p.intent_id AS "intentId"`;
  return kept?.intentId ?? null;
}

/** A new key for the next call: Stripe repeats its own errors (5xx) under the old one. */
export async function incrementKeyVersion(payment: Attempt): Promise<void> {
  await db().$executeRaw`UPDATE payments SET tries = tries + 1 WHERE id = ${payment.id} AND tries = ${payment.tries}`;
}

/** Stripe refused the parameters, so there is no intent: the attempt is over. */
export async function failPaymentAttempt(payment: Attempt, code: string, message: string): Promise<void> {
  await db().$executeRaw`
    UPDATE payments SET status = 'failed', failure_code = ${code}, failure_message = ${message}, updated_at = ${now()}
    WHERE id = ${payment.id} AND status IN ('created', 'confirming')`;
}
