import type Stripe from "stripe";
import { z } from "zod";
import { OrderStatus, type RefundStatus } from "@/prisma/generated/enums";
import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { Prisma, type Tx, transaction } from "../db";
import { queuedEmailCancellation } from "../email/send-email";
import { EVENTS } from "../events";
import { newId } from "../ids";
import { addManualTask } from "../manual-queue";
import type { Refund } from "../models";
import { formatMoney } from "../money";
import { completePartlyShipped } from "../order-state/complete-order";
import { insertTimeline, lockOrder } from "../order-state/order-changes";
import { type Publish, withOutbox } from "../outbox";
import { listRefunds, refundStatus } from "../stripe";
import { alertExcessRefund } from "./refund-alerts";
import { dashboardRefundItems } from "./refund-order";

type KnownRefund = Pick<Refund, "id" | "orderId" | "paymentId" | "status" | "stripeRefundId">;

/**
 * Applies a refund at Stripe to its order and returns its status. Our refunds are recognised by their metadata. One that was made
 * in Stripe's dashboard is added. It can be called any number of times, in any order: an older state changes nothing.
 */
export async function syncRefund(refund: Stripe.Refund): Promise<RefundStatus> {
  const status = refundStatus(refund);
  const code = refund.failure_reason ?? "failed";
  const failed = await withOutbox(async (tx, publish) => {
    const stored = (await lockStripeRefund(tx, refund)) ?? (await insertDashboardRefund(tx, publish, refund, status));
    if (stored && status === "failed") {
      await recordFailure(tx, stored, code, refund.id);
      return stored.id;
    }
    if (stored && status !== "failed") await recordProgress(tx, publish, stored, refund, status);
    return undefined;
  });
  if (failed) await alertRefundFailed(failed, code);
  return status;
}

/** Reads all refunds of a PaymentIntent from Stripe, applies each, and returns their number. */
export async function syncRefunds(intentId: string): Promise<number> {
  const refunds = await listRefunds(intentId);
  // A refund that failed makes room for the one that was made in its place.
  const order = (refund: Stripe.Refund) => (refundStatus(refund) === "failed" ? 0 : 1);
  for (const refund of refunds.toSorted((a, b) => order(a) - order(b))) await syncRefund(refund);
  return refunds.length;
}

/** Records that Stripe has refused one of our refunds. The money has not moved. */
export async function markRefundFailed(refundId: string, code: string): Promise<void> {
  await transaction(async (tx) => {
    const known = await lockRefund(tx, Prisma.sql`r.id = ${refundId}`);
    if (known) await recordFailure(tx, known, code, null);
  });
}

/** Raises an alert, once: a person has to decide about a refund that failed, and its money is owed. */
export async function alertRefundFailed(refundId: string, code: string): Promise<void> {
  await raiseAlert({
    kind: "refund_failed",
    incident: `refund:${refundId}:failed`,
    once: true,
    subject: `Refund ${refundId} was refused: ${code}`,
    detail: { refundId, code },
  });
}

function lockStripeRefund(tx: Tx, { id, metadata }: Stripe.Refund): Promise<KnownRefund | undefined> {
  const refundId = metadata?.refund_id ?? "";
  return lockRefund(tx, Prisma.sql`r.stripe_refund_id = ${id} OR (r.id = ${refundId} AND r.stripe_refund_id IS NULL)`);
}

/** Locks the order and the refund. A statement that waits sees the new state only of rows that it locks. */
async function lockRefund(tx: Tx, condition: Prisma.Sql): Promise<KnownRefund | undefined> {
  const [known] = await tx.$queryRaw<KnownRefund[]>`
    SELECT r.id, r.order_id AS "orderId", r.payment_id AS "paymentId", r.status, r.stripe_refund_id AS "stripeRefundId"
    FROM refunds r JOIN orders o ON o.id = r.order_id WHERE ${condition} FOR UPDATE OF o, r`;
  return known;
}

/** Inserts a refund that was made in Stripe's dashboard, if it belongs to a payment of ours and has not failed. */
async function insertDashboardRefund(
  tx: Tx,
  publish: Publish,
  refund: Stripe.Refund,
  status: RefundStatus,
): Promise<KnownRefund | undefined> {
  const intentId = typeof refund.payment_intent === "string" ? refund.payment_intent : refund.payment_intent?.id;
  const payment = await tx.payment.findUnique({
    where: { intentId: intentId ?? "" },
    select: { id: true, orderId: true },
  });
  if (!payment || status === "failed") return undefined;
  const { orderId } = payment;
  const order = await lockOrder(tx, orderId);
  // Another webhook may have inserted it while this one waited for the lock.
  const known = await lockStripeRefund(tx, refund);
  if (known) return known;
  if (await exceedsPayment(tx, payment.id, refund.amount)) {
    await alertExcessRefund(tx, refund, { orderId });
    return undefined;
  }
  const items = order?.status === "confirmed" ? await itemsPaidBack(tx, orderId, payment.id, refund.amount) : [];
  const at = now();
  const id = newId("ref");
  const data = { amount: refund.amount, currency: refund.currency.toUpperCase(), reason: "dashboard" };
  await addRefunded(tx, payment.id, refund.amount, at);
  await tx.refund.create({
    data: {
      ...{ id, orderId, paymentId: payment.id, ...data, status: "pending", stripeRefundId: refund.id },
      ...{ items: items.map((item) => ({ ...item })), idempotencyKey: `stripe:${refund.id}` },
      ...{ createdAt: at, updatedAt: at },
    },
    select: { id: true },
  });
  if (items.length > 0) await completePartlyShipped(tx, publish, orderId);
  await insertTimeline(tx, [{ orderId, type: "refund_requested", key: id, data }], at);
  return { id, orderId, paymentId: payment.id, status: "pending", stripeRefundId: refund.id };
}

/** Returns whether more would be refunded than was captured. Pending refunds do not count: Stripe will refuse what is too much. */
async function exceedsPayment(tx: Tx, paymentId: string, amount: number): Promise<boolean> {
  const { captured, refunded, refunds } = await tx.payment.findUniqueOrThrow({
    where: { id: paymentId },
    select: { captured: true, refunded: true, refunds: { where: { status: "pending" }, select: { amount: true } } },
  });
  const pending = refunds.reduce((sum, refund) => sum + refund.amount, 0);
  return amount > captured - refunded + pending;
}

async function itemsPaidBack(tx: Tx, orderId: string, paymentId: string, amount: number) {
  const { captured, refunded } = await tx.payment.findUniqueOrThrow({
    where: { id: paymentId },
    select: { captured: true, refunded: true },
  });
  return dashboardRefundItems(tx, orderId, amount, captured - refunded);
}

async function recordProgress(
  tx: Tx,
  publish: Publish,
  known: KnownRefund,
  refund: Stripe.Refund,
  status: "succeeded" | "pending",
): Promise<void> {
  const { id, orderId } = known;
  // A refund that failed at Stripe stays failed. One that Stripe refused to us was made there before.
  if (known.status === "succeeded" || (known.status === "failed" && known.stripeRefundId)) return;
  if (known.status === "failed" && (await exceedsPayment(tx, known.paymentId, refund.amount)))
    return alertExcessRefund(tx, refund, { orderId });
  const at = now();
  const { paymentId, amount } = await tx.refund.update({
    where: { id },
    data: { status, stripeRefundId: refund.id, failureCode: null, updatedAt: at },
    select: { paymentId: true, amount: true },
  });
  if (known.status === "failed") await addRefunded(tx, paymentId, amount, at);
  if (status === "pending") return;
  const data = { amount: refund.amount, currency: refund.currency.toUpperCase() };
  await insertTimeline(tx, [{ orderId, type: "refund_succeeded", key: id, data }], at);
  publish({ name: EVENTS.REFUND_SUCCEEDED, id: `refund-succeeded:${id}`, data: { orderId, refundId: id } });
  await markOrderRefunded(tx, id, orderId, at);
}

/** Adds to the refunded amount of a payment, or subtracts from it. */
async function addRefunded(tx: Tx, paymentId: string, amount: number, at: Date): Promise<void> {
  await tx.payment.updateMany({ where: { id: paymentId }, data: { refunded: { increment: amount }, updatedAt: at } });
}

/** A paid order becomes refunded when all its money has been refunded. A cancelled order stays cancelled. */
export async function markOrderRefunded(tx: Tx, id: string, orderId: string, at: Date): Promise<void> {
  const order = await tx.order.findUniqueOrThrow({
    where: { id: orderId },
    select: {
      status: true,
      payments: { select: { captured: true } },
      refunds: { where: { status: "succeeded" }, select: { amount: true } },
    },
  });
  const captured = order.payments.reduce((sum, payment) => sum + payment.captured, 0);
  const refunded = order.refunds.reduce((sum, { amount }) => sum + amount, 0);
  if (!REFUNDABLE.includes(order.status) || refunded !== captured) return;
  await insertTimeline(tx, [{ orderId, type: "order_refunded", key: id, data: { before: order.status } }], at);
  await tx.order.update({ where: { id: orderId }, data: { status: "refunded", updatedAt: at }, select: { id: true } });
}

const REFUNDABLE: OrderStatus[] = ["confirmed", "shipped", "delivered"];

/**
 * Records that a refund has failed: its money is owed, and a task asks a person to retry it or to pay it otherwise. A refund can
 * fail after it succeeded, if the bank returns it. Then the order gets the status that it had before.
 */
async function recordFailure(
  tx: Tx,
  known: KnownRefund,
  failureCode: string,
  stripeRefundId: string | null,
): Promise<void> {
  const { id, orderId } = known;
  if (known.status === "failed") return;
  const at = now();
  const { paymentId, amount, currency, order } = await tx.refund.update({
    where: { id },
    data: { status: "failed", failureCode, updatedAt: at, ...(stripeRefundId && { stripeRefundId }) },
    select: { paymentId: true, amount: true, currency: true, order: { select: { number: true } } },
  });
  await addRefunded(tx, paymentId, -amount, at);
  const message = `A refund of ${formatMoney({ amount, currency })} of order ${order.number} failed: ${failureCode}.`;
  await addManualTask(tx, "refund", id, { code: "refund_failed", message, orderId });
  await tx.$executeRaw(queuedEmailCancellation("refund_made", id));
  // Stripe has made it after it had refused it, and now it is returned: the entry of the refusal moves to now.
  await tx.orderEvent.deleteMany({ where: { orderId, type: "refund_failed", key: id } });
  await insertTimeline(tx, [{ orderId, type: "refund_failed", key: id, data: { code: failureCode } }], at);
  const entry = await tx.orderEvent.findFirst({
    where: { orderId, type: "order_refunded" },
    orderBy: { id: "desc" },
    select: { data: true },
  });
  const before = refundedFrom.safeParse(entry?.data).data?.before ?? "confirmed";
  await tx.order.updateMany({
    where: { id: orderId, status: "refunded" },
    data: { status: before, updatedAt: at },
  });
}

/** The data of a timeline entry `order_refunded`. */
const refundedFrom = z.object({ before: z.enum(OrderStatus) });
