import { z } from "zod";
import { enteredAddressSchema } from "../address";
import { now } from "../clock";
import { Prisma } from "../db";
import { emailSchema } from "../email-address";
import { conflict, invalid, notFound } from "../errors";
import { newId, newToken } from "../ids";
import { lockOrder, timelineInsert } from "../order-state/order-changes";
import { decideCancel } from "../order-state/status";
import { withOutbox } from "../outbox";
import { plainTextSchema } from "../text";
import { queueCorrectionEmails } from "./send-order-email";

/** The body of `PATCH /api/orders/{id}`. A missing field does not change. */
export const correctionSchema = z.strictObject({
  email: emailSchema.optional(),
  name: plainTextSchema(200).optional(),
  phone: plainTextSchema(40).optional(),
  shippingAddress: enteredAddressSchema.optional(),
});

export type Correction = z.output<typeof correctionSchema>;

interface CorrectedRow {
  token: string;
  formerEmail: string;
}

/**
 * Corrects the address, the email or the other details of an order that has not shipped. Both the former and the new address get
 * an email. A new address also gets a new link: the former one may have reached a stranger. `ownerId` is the signed-in customer,
 * who stays the owner of the order; an order that belongs to its address belongs to the account of the new one, if there is one.
 *
 * Returns the order's token.
 * @throws AppError `not_found` (404), `order_not_correctable` (409), `validation_failed` (422) without a change
 */
export async function correctOrder(orderId: string, correction: Correction, ownerId?: string): Promise<string> {
  const { email, name, phone, shippingAddress } = correction;
  const fields = Object.keys(correction);
  if (fields.length === 0) throw invalid("The request changes nothing.");
  const at = now();
  const change = newId("chg");
  return withOutbox(async (tx, publish) => {
    const order = await lockOrder(tx, orderId);
    if (!order) throw notFound("order");
    const shipped = await tx.shipment.findFirst({ where: { orderId }, select: { id: true } });
    if (decideCancel(order.status, shipped ? { itemsLeft: true } : undefined) !== "cancel")
      throw conflict("order_not_correctable", "An order that has shipped or ended cannot be corrected.");
    const moved = Prisma.sql`${email ?? null}::text IS DISTINCT FROM NULL AND ${email ?? null} <> before.email`;
    const owner = ownerId
      ? Prisma.sql`o.user_id`
      : Prisma.sql`CASE WHEN EXISTS (SELECT 1 FROM users u WHERE u.id = o.user_id AND u.email <> before.email) THEN o.user_id
          ELSE (SELECT id FROM users WHERE email = ${email ?? null} AND email_verified) END`;
    const [row] = await tx.$queryRaw<CorrectedRow[]>`
      WITH before AS (SELECT email FROM orders WHERE id = ${orderId}
      ), timeline AS (${timelineInsert([{ orderId, type: "order_corrected", key: change, data: { fields } }], at)})
      UPDATE orders o SET email = coalesce(${email ?? null}, o.email), name = coalesce(${name ?? null}, o.name),
        phone = coalesce(${phone ?? null}, o.phone),
        shipping_address = coalesce(${shippingAddress ? JSON.stringify(shippingAddress) : null}::jsonb, o.shipping_address),
        token = CASE WHEN ${moved} THEN ${newToken()} ELSE o.token END,
        user_id = CASE WHEN ${moved} THEN ${owner} ELSE o.user_id END, updated_at = ${at}
      FROM before WHERE o.id = ${orderId} RETURNING o.token, before.email AS "formerEmail"`;
    if (!row) throw notFound("order");
    await queueCorrectionEmails(tx, publish, orderId, change, row.formerEmail);
    return row.token;
  });
}
