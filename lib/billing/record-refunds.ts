import type Stripe from "stripe";
import type { RefundStatus } from "@/prisma/generated/enums";
import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { transaction } from "../db";
import { callStripe } from "../stripe";
import { lockCharge } from "./charge";

/** All refunds of a PaymentIntent, as Stripe knows them. */
export async function listRefunds(intentId: string): Promise<Stripe.Refund[]> {
  const { data } = await callStripe((stripe) => stripe.refunds.list({ payment_intent: intentId, limit: 100 }));
  return data;
}

/**
 * Brings a charge in line with refunds at Stripe, ours and those made in its dashboard, in any order and any number of
 * times: each is a row that only ever moves on, and what has not failed counts as refunded. The charge stays paid: whether the subscription goes on
 * is another decision. Of one that a bank has sent back a person is told: the customer still has that money coming.
 */
export async function recordRefunds(chargeId: string, refunds: Stripe.Refund[]): Promise<void> {
  if (refunds.length === 0) return;
  const at = now();
  const rows = refunds.map(({ id, amount, status }) => ({ id, amount, status: statusOf(status) }));
  await transaction(async (tx) => {
    if (!(await lockCharge(tx, chargeId))) return;
    await tx.$executeRaw`
      INSERT INTO subscription_refunds AS known (id, charge_id, amount, status, created_at, updated_at)
      SELECT r.id, ${chargeId}, r.amount, r.status, ${at}::timestamptz, ${at}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id text, amount int, status refund_status)
      ON CONFLICT (id) DO UPDATE SET status = excluded.status, updated_at = excluded.updated_at
        WHERE known.status = 'pending' AND excluded.status <> 'pending' OR known.status = 'succeeded' AND excluded.status = 'failed'`;
    await tx.$executeRaw`
      UPDATE subscription_charges c SET updated_at = ${at}, refunded = (
        SELECT coalesce(sum(r.amount), 0) FROM subscription_refunds r WHERE r.charge_id = c.id AND r.status <> 'failed')
      WHERE id = ${chargeId}`;
  });
  for (const { id, amount, status } of rows)
    if (status === "failed")
      await raiseAlert({
        kind: "refund_failed",
        id: `refund-failed:${id}`,
        subject: `A refund of a subscription's charge ${chargeId} was refused`,
        detail: { chargeId, refundId: id, amount, currency: refunds[0]?.currency },
      });
}

function statusOf(status: string | null): RefundStatus {
  if (status === "succeeded") return "succeeded";
  return status === "failed" || status === "canceled" ? "failed" : "pending";
}
