import type Stripe from "stripe";
import type { OrderStatus, PaymentStatus } from "@/prisma/generated/enums";
import { after, MINUTE, now } from "../clock";
import { Prisma, type Tx, transaction } from "../db";
import { appEnv } from "../env";
import { EVENTS, type OutgoingEvent } from "../events";
import { isOpen } from "../order-state/status";
import { type TimelineEntry, timelineInsert } from "../order-state/timeline";
import { announce, outboxInsert } from "../outbox";
import { type PaymentOutcome, toPaymentOutcome } from "./outcome";
import { refundRemainder } from "./request-refund";

interface Known {
  paymentId: string;
  paymentStatus: PaymentStatus;
  paymentAttempt: number;
  orderId: string;
  orderStatus: OrderStatus;
  orderAttempt: number;
  totalAmount: number;
}

type Decided = Exclude<PaymentOutcome, { outcome: "ended" }>;

/**
 * Brings payment and order in line with what Stripe says of a PaymentIntent. Whoever learns of it calls this (the run that
 * charges, the webhook, the reconciler), in any order and any number of times; the result is the same. Money for an order
 * that has ended, or that another attempt paid for, is sent back. `undefined`: not ours, or not decided yet.
 */
export async function syncOrderPayment(intent: Stripe.PaymentIntent): Promise<PaymentOutcome | undefined> {
  const decided = toPaymentOutcome(intent);
  if (!decided) return undefined;
  const events: OutgoingEvent[] = [];
  const outcome = await transaction(async (tx) => {
    events.length = 0;
    const known = await lock(tx, intent);
    if (!known) return undefined;
    return settle(tx, known, intent, decided, events);
  });
  await announce(events);
  return outcome;
}

/** Both rows are locked: of one that is not, a statement that had to wait sees what it was before. */
async function lock(tx: Tx, intent: Stripe.PaymentIntent): Promise<Known | undefined> {
  const [known] = await tx.$queryRaw<Known[]>`
    SELECT p.id AS "paymentId", p.status AS "paymentStatus", p.attempt AS "paymentAttempt",
      o.id AS "orderId", o.status AS "orderStatus", o.attempt AS "orderAttempt", o.total_amount AS "totalAmount"
    FROM orders o JOIN payments p ON p.order_id = o.id
    WHERE p.intent_id = ${intent.id} OR (p.id = ${intent.metadata.payment_id ?? ""} AND p.intent_id IS NULL) FOR UPDATE OF o, p`;
  return known;
}

async function settle(
  tx: Tx,
  known: Known,
  intent: Stripe.PaymentIntent,
  decided: Decided,
  events: OutgoingEvent[],
): Promise<PaymentOutcome> {
  const expected = isOpen(known.orderStatus) && known.orderAttempt === known.paymentAttempt;
  if (supersedes(known.paymentStatus, decided)) await write(tx, known, intent, decided, expected, events);
  if (decided.outcome === "succeeded" && !expected && !(await paidBy(tx, known))) {
    events.push(...(await refundRemainder(tx, known.orderId, "late_payment", known.paymentId)));
    return { outcome: "ended" };
  }
  return expected || decided.outcome === "succeeded" ? decided : { outcome: "ended" };
}

/** Money that came stays; what was declined can still succeed, or be closed; what was closed can only have succeeded. */
function supersedes(before: PaymentStatus, { outcome }: Decided): boolean {
  if (before === outcome || before === "succeeded") return false;
  if (outcome === "succeeded") return true;
  return outcome === "canceled" || (before !== "failed" && before !== "canceled");
}

/** Whether this very payment is the one that the order's confirmation rests on. */
async function paidBy(tx: Tx, known: Known): Promise<boolean> {
  if (!["confirmed", "shipped", "delivered", "refunded"].includes(known.orderStatus)) return false;
  const [row] = await tx.$queryRaw<{ first: string }[]>`
    SELECT id AS first FROM payments WHERE order_id = ${known.orderId} AND captured > 0 ORDER BY attempt = ${known.orderAttempt} DESC, attempt LIMIT 1`;
  return row?.first === known.paymentId;
}

async function write(
  tx: Tx,
  known: Known,
  intent: Stripe.PaymentIntent,
  decided: Decided,
  expected: boolean,
  events: OutgoingEvent[],
): Promise<void> {
  const at = now();
  const failure =
    decided.outcome === "failed"
      ? { code: decided.code, message: intent.last_payment_error?.message ?? decided.code }
      : undefined;
  const captured = decided.outcome === "succeeded" ? intent.amount_received : 0;
  const actionUrl = decided.outcome === "requires_action" ? (intent.next_action?.redirect_to_url?.url ?? null) : null;
  const told: TimelineEntry[] = [{ orderId: known.orderId, key: known.paymentAttempt, ...entry(decided, intent) }];
  // Closing what was declined is tidying up, and no news.
  if (known.paymentStatus === "failed" && decided.outcome === "canceled") told.pop();
  // Somebody waits for the end of an attempt only once it had to wait for the customer.
  const over = known.paymentStatus === "requires_action" && decided.outcome !== "requires_action";
  const announced: OutgoingEvent[] = over ? [completed(known, decided.outcome)] : [];
  const waits = decided.outcome === "requires_action" && expected;
  const deadline = after((appEnv().PAYMENT_WINDOW_MINUTES + 10) * MINUTE, at);
  await tx.$executeRaw`
    WITH told AS (${timelineInsert(told, at)}), announced AS (${announced.length > 0 ? outboxInsert(announced, at) : Prisma.sql`SELECT 1`}),
    waiting AS (
      UPDATE orders SET status = 'awaiting_payment', deadline_at = greatest(deadline_at, ${deadline}), updated_at = ${at}
      WHERE id = ${known.orderId} AND ${waits}
    ), heard AS (
      UPDATE webhook_inbox SET processed_at = ${at}, receipt = 'Known from Stripe''s own answer.'
      WHERE provider = 'stripe' AND object_id = ${intent.id} AND processed_at IS NULL AND type LIKE 'payment_intent.%'
    )
    UPDATE payments SET status = ${decided.outcome}::payment_status, intent_id = ${intent.id}, captured = ${captured}, next_action_url = ${actionUrl},
      failure_code = coalesce(${failure?.code ?? null}, failure_code), failure_message = coalesce(${failure?.message ?? null}, failure_message), updated_at = ${at}
    WHERE id = ${known.paymentId}`;
  events.push(...announced);
}

function completed(known: Known, outcome: Exclude<Decided["outcome"], "requires_action">): OutgoingEvent {
  const { orderId, paymentAttempt: attempt } = known;
  return {
    name: EVENTS.PAYMENT_COMPLETED,
    id: `payment-completed:${orderId}:${attempt}:${outcome}`,
    data: { orderId, attempt, outcome },
  };
}

function entry(decided: Decided, intent: Stripe.PaymentIntent): Pick<TimelineEntry, "type" | "data"> {
  switch (decided.outcome) {
    case "succeeded":
      return {
        type: "payment_succeeded",
        data: { amount: intent.amount_received, currency: intent.currency.toUpperCase() },
      };
    case "requires_action":
      return { type: "payment_action_required" };
    case "failed":
      return { type: "payment_failed", data: { code: decided.code } };
    case "canceled":
      return { type: "payment_canceled" };
  }
}
