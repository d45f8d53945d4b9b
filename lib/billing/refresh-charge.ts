import type Stripe from "stripe";
import { z } from "zod";
import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { type Row, type Tx, transaction } from "../db";
import { queuedEmailCancellation } from "../email/send-email";
import { addManualTask } from "../manual-queue";
import { formatMoney } from "../money";
import { syncDisputes } from "../payments/disputes";
import { alertExcessRefund } from "../payments/refund-alerts";
import { findPaymentIntent, listRefunds, PAYMENT_INTENT_NOT_FOUND, refundStatus } from "../stripe";
import { markProcessed } from "../webhook-inbox";
import { type Charge, lockCharge, readCharge, syncSubscriptionCharge } from "./charge";

/**
 * Updates a charge and its refunds from Stripe, and its disputes if it is `disputed`. Returns its status, or `unknown`, and how
 * many refunds it has. All refunds count, not only new ones: after a crash between storing and notifying, none would be new. Each
 * refund is still notified only once.
 */
export async function refreshCharge(chargeId: string, disputed = false): Promise<{ status: string; refunds: number }> {
  const charge = await readCharge(chargeId);
  if (!charge) return { status: "unknown", refunds: 0 };
  const { intentId } = charge;
  const readAt = now();
  const intent = intentId && (await findPaymentIntent(intentId));
  if (intentId && !intent) await markProcessed("stripe", intentId, PAYMENT_INTENT_NOT_FOUND, readAt);
  if (!intent) return { status: charge.status, refunds: 0 };
  await syncSubscriptionCharge(chargeId, intent);
  const { status, captured } = (await readCharge(chargeId)) ?? charge;
  const refunds = captured > 0 ? await listRefunds(intent.id) : [];
  await recordRefunds(chargeId, refunds);
  if (disputed) await syncDisputes(intent.id);
  const receipt = `The subscription's charge is ${status}, refunds: ${refunds.length}.`;
  await markProcessed("stripe", intent.id, receipt, readAt);
  return { status, refunds: refunds.length };
}

/**
 * Stores refunds from Stripe, ours and those of the dashboard, in any order and any number of times. A refund's status only moves
 * forward, and every refund that has not failed counts as refunded. The charge stays paid: a refund does not decide whether the
 * subscription continues. The money of a refund that a bank returned is owed: an alert and a task ask an operator to decide.
 */
export async function recordRefunds(chargeId: string, refunds: Stripe.Refund[]): Promise<void> {
  if (refunds.length === 0) return;
  const at = now();
  const rows = await transaction(async (tx) => {
    const charge = await lockCharge(tx, chargeId);
    if (!charge) return [];
    const before = await tx.subscriptionRefund.findMany({
      where: { chargeId },
      select: { id: true, amount: true, status: true },
    });
    const rows = await withoutExcess(tx, charge, before, refunds);
    const failedBefore = new Set(before.filter(({ status }) => status === "failed").map(({ id }) => id));
    const failed = rows.filter(({ id, status }) => status === "failed" && !failedBefore.has(id));
    for (const { id, amount } of failed) {
      await addReturnedRefund(tx, charge, amount);
      await tx.$executeRaw(queuedEmailCancellation("subscription_refunded", id));
    }
    await tx.$executeRaw`
      INSERT INTO subscription_refunds AS stored (id, charge_id, amount, status, created_at, updated_at)
      SELECT r.id, ${chargeId}, r.amount, r.status, ${at}::timestamptz, ${at}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id text, amount bigint, status refund_status)
      ON CONFLICT (id) DO UPDATE SET status = excluded.status, updated_at = excluded.updated_at
        WHERE stored.status = 'pending' AND excluded.status <> 'pending' OR stored.status = 'succeeded' AND excluded.status = 'failed'`;
    const { _sum } = await tx.subscriptionRefund.aggregate({
      where: { chargeId, status: { not: "failed" } },
      _sum: { amount: true },
    });
    await tx.subscriptionCharge.update({
      where: { id: chargeId },
      data: { refunded: _sum.amount ?? 0, updatedAt: at },
    });
    return rows;
  });
  for (const { id, amount, status } of rows)
    if (status === "failed")
      await raiseAlert({
        kind: "refund_failed",
        incident: `subscription_refund:${chargeId}:${id}`,
        once: true,
        subject: `A refund of subscription charge ${chargeId} was refused`,
        detail: { chargeId, refundId: id, amount, currency: refunds[0]?.currency },
      });
}

type RefundRow = Pick<Row<"subscriptionRefund">, "id" | "amount" | "status">;

/** Returns the refunds as rows, without new ones of money that is paid back already, in another way: an alert names them. */
async function withoutExcess(
  tx: Tx,
  { id: chargeId, captured }: Charge,
  before: RefundRow[],
  refunds: Stripe.Refund[],
): Promise<RefundRow[]> {
  const rows: RefundRow[] = [];
  const known = new Map(before.map((row) => [row.id, row]));
  const failed = new Set(refunds.filter((refund) => refundStatus(refund) === "failed").map(({ id }) => id));
  const counted = before.filter(({ id, status }) => status !== "failed" && !failed.has(id));
  let rest = captured - counted.reduce((sum, { amount }) => sum + amount, 0);
  for (const refund of refunds) {
    const { id, amount } = refund;
    const adds = failed.has(id) || known.has(id) ? 0 : amount;
    if (adds > rest) await alertExcessRefund(tx, refund, { chargeId });
    else rows.push({ id, amount, status: refundStatus(refund) });
    rest -= adds > rest ? 0 : adds;
  }
  return rows;
}

/** Records that Stripe refused a refund of a charge. The money is owed, and an operator decides. */
export async function recordRefusedRefund(chargeId: string, amount: number, code: string): Promise<void> {
  await transaction(async (tx) => {
    const charge = await lockCharge(tx, chargeId);
    if (charge) await addManualTask(tx, "subscription_refund", chargeId, refundCause(charge, amount, code));
  });
  await raiseAlert({
    kind: "refund_failed",
    incident: `subscription_refund:${chargeId}:refused`,
    subject: `A refund of subscription charge ${chargeId} was refused`,
    detail: { chargeId, amount, code },
  });
}

/** Adds a task about a refund that a bank returned. A charge has one open task, whose amount is all that is owed. */
async function addReturnedRefund(tx: Tx, charge: Charge, amount: number): Promise<void> {
  const open = await tx.manualTask.findFirst({
    where: { kind: "subscription_refund", entityId: charge.id, resolvedAt: null },
    select: { id: true, cause: true },
  });
  const owed = amount + (owedSchema.safeParse(open?.cause).data?.amount ?? 0);
  const cause = refundCause(charge, owed, "failed");
  if (open) await tx.manualTask.update({ where: { id: open.id }, data: { cause } });
  else await addManualTask(tx, "subscription_refund", charge.id, cause);
}

const owedSchema = z.object({ amount: z.int() });

function refundCause(charge: Charge, amount: number, code: string) {
  const { currency, subscription } = charge;
  const refund = `A refund of ${formatMoney({ amount, currency })} for ${subscription.plan.name} failed: ${code}.`;
  // Only the refund of a charge that has ended is ours to repeat.
  const message = charge.status === "paid" ? `${refund} It was made in Stripe's dashboard; retry it there.` : refund;
  return { code: "refund_failed", message, userId: subscription.userId, amount };
}
