import type Stripe from "stripe";
import type { RefundStatus } from "@/prisma/generated/enums";
import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { transaction } from "../db";
import { callStripe } from "../stripe";
import { lockCharge } from "./charge";

/** Returns all refunds of a PaymentIntent at Stripe. */
export async function listRefunds(intentId: string): Promise<Stripe.Refund[]> {
  const { data } = await callStripe((stripe) => stripe.refunds.list({ payment_intent: intentId, limit: 100 }));
  return data;
}

/**
 * Stores refunds from Stripe, ours and those of the dashboard, in any order and any number of times. A refund's status only moves
 * forward, and every refund that has not failed counts as refunded. The charge stays paid: a refund does not decide whether the
 * subscription continues. A refund that a bank rejected raises an alert, because the customer is still owed the money.
 */
export async function recordRefunds(chargeId: string, refunds: Stripe.Refund[]): Promise<void> {
  if (refunds.length === 0) return;
  const at = now();
  const rows = refunds.map(({ id, amount, status }) => ({ id, amount, status: refundStatus(status) }));
  await transaction(async (tx) => {
    if (!(await lockCharge(tx, chargeId))) return;
    await tx.$executeRaw`
      INSERT INTO subscription_refunds AS stored (id, charge_id, amount, status, created_at, updated_at)
      SELECT r.id, ${chargeId}, r.amount, r.status, ${at}::timestamptz, ${at}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id text, amount int, status refund_status)
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
  });
  for (const { id, amount, status } of rows)
    if (status === "failed")
      await raiseAlert({
        kind: "refund_failed",
        id: `refund-failed:${id}`,
        subject: `A refund of subscription charge ${chargeId} was refused`,
        detail: { chargeId, refundId: id, amount, currency: refunds[0]?.currency },
      });
}

function refundStatus(status: string | null): RefundStatus {
  if (status === "succeeded") return "succeeded";
  return status === "failed" || status === "canceled" ? "failed" : "pending";
}
