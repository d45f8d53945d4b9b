import type { z } from "zod";
import type { OrderStatus } from "@/prisma/generated/enums";
import type { addressSchema } from "../address";
import { addressLines } from "../address";
import { ago, DAY } from "../clock";
import { db } from "../db";
import type { EmailKind } from "../email/email-kinds";
import type { Composed } from "../email/render-email";
import { sendEmail } from "../email/send-email";
import { appEnv } from "../env";
import type { Money } from "../money";
import { canPayAgain, FAILURES, type FailureReason } from "../order-state/status";
import { readParcel } from "../shipping/read-parcel";
import { type EmailOrder, orderCancelled, orderConfirmed, orderFailed, refundMade } from "./order-emails";
import { orderDelivered, parcelShipped } from "./shipment-emails";

/**
 * The emails about an order. Each reads, at the moment of sending, whether what it says is still so, and is not sent
 * otherwise: no confirmation of an order that was cancelled in the meantime. They return the email's id, or null.
 */
export async function sendConfirmationEmail(orderId: string): Promise<string | null> {
  return send("order_confirmed", orderId, orderId, (order, { status }) =>
    status === "confirmed" ? orderConfirmed(order) : null,
  );
}

export async function sendCancellationEmail(orderId: string): Promise<string | null> {
  return send("order_cancelled", orderId, orderId, (order, { status, endReason }) =>
    status === "cancelled" ? orderCancelled(order, endReason) : null,
  );
}

/** One for each attempt that failed, as long as no later one has begun. */
export async function sendFailureEmail(orderId: string, attempt: number): Promise<string | null> {
  return send("order_failed", orderId, `${orderId}:${attempt}`, (order, { status, endReason, attempt: latest }) => {
    if (status !== "failed" || latest !== attempt || !endReason || !(endReason in FAILURES)) return null;
    return orderFailed(order, endReason as FailureReason, canPayAgain(status, endReason));
  });
}

export async function sendRefundEmail(refundId: string): Promise<string | null> {
  const [refund] = await db().$queryRaw<(Money & { orderId: string; status: string })[]>`
    SELECT order_id AS "orderId", amount, currency, status FROM refunds WHERE id = ${refundId}`;
  if (refund?.status !== "succeeded") return null;
  return send("refund_made", refund.orderId, refundId, (order) =>
    refundMade(order, { amount: refund.amount, currency: refund.currency }),
  );
}

/** For refunds that were made elsewhere, or that Stripe settled later: each refund of a payment that has just come to its end. */
export async function sendRefundEmails(intentId: string): Promise<number> {
  const refunds = await db().$queryRaw<{ id: string }[]>`
    SELECT r.id FROM refunds r JOIN payments p ON p.id = r.payment_id
    WHERE p.intent_id = ${intentId} AND r.status = 'succeeded' AND r.updated_at > ${ago(DAY)} ORDER BY r.created_at, r.id`;
  for (const { id } of refunds) await sendRefundEmail(id);
  return refunds.length;
}

/** Of each parcel, as it leaves. */
export async function sendParcelEmail(shipmentId: string): Promise<string | null> {
  const found = await readParcel(shipmentId);
  if (!found) return null;
  const { parcel, items, complete } = found;
  return send("order_shipped", found.orderId, shipmentId, (order) =>
    parcelShipped(order, { ...parcel, items, complete }),
  );
}

/** Of the last parcel, when it has arrived. */
export async function sendDeliveryEmail(orderId: string): Promise<string | null> {
  return send("order_delivered", orderId, orderId, (order, { status }) =>
    status === "delivered" ? orderDelivered(order) : null,
  );
}

interface Facts {
  id: string;
  number: number;
  token: string;
  status: OrderStatus;
  endReason: string | null;
  attempt: number;
  email: string;
  name: string | null;
  amount: number;
  currency: string;
  discount: number;
  couponCode: string | null;
  address: z.output<typeof addressSchema> | null;
  lines: { name: string; quantity: number; unit_amount: number }[];
}

async function send(
  kind: EmailKind,
  orderId: string,
  entityId: string,
  compose: (order: EmailOrder, facts: Facts) => Composed | null,
): Promise<string | null> {
  const [facts] = await db().$queryRaw<Facts[]>`
    SELECT o.id, o.number, o.token, o.status, o.end_reason AS "endReason", o.attempt, o.email, o.name, o.total_amount AS amount, o.currency,
      o.discount_amount AS discount, o.coupon_code AS "couponCode", o.shipping_address AS address,
      (SELECT json_agg(l ORDER BY l.position) FROM order_lines l WHERE l.order_id = o.id) AS lines
    FROM orders o WHERE o.id = ${orderId}`;
  if (!facts) return null;
  const composed = compose(toEmailOrder(facts), facts);
  return composed && sendEmail({ kind, entityId, to: facts.email }, () => composed);
}

function toEmailOrder(facts: Facts): EmailOrder {
  const { id, number, token, name, amount, currency, discount, couponCode, address, lines } = facts;
  return {
    number: String(number),
    name,
    total: { amount, currency },
    ...(couponCode && { discount: { code: couponCode, amount: { amount: discount, currency } } }),
    ...(address && { address: addressLines(address, name) }),
    lines: lines.map((line) => ({
      name: line.name,
      quantity: line.quantity,
      total: { amount: line.unit_amount * line.quantity, currency },
    })),
    statusUrl: `${appEnv().APP_URL}/orders/${id}?token=${token}`,
  };
}
