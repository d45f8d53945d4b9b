import { after, HOUR, MINUTE, now } from "../clock";
import { couponTaking } from "../coupons/redeem-coupon";
import { Prisma, type Tx, transaction } from "../db";
import { appEnv } from "../env";
import { AppError } from "../errors";
import { claimIdempotencyKey, type IdempotentRequest, storedResponse, storeResponse } from "../idempotency";
import { newId, newToken } from "../ids";
import { orderProcessingEvent } from "../inngest";
import type { Money } from "../money";
import { timelineInsert } from "../order-state/timeline";
import { announce, outboxInsert } from "../outbox";
import { enforceRateLimit } from "../rate-limit";
import { reviewInsert } from "../review/insert-review";
import { isHighValue } from "../review/policy";
import { type PricedCart, priceCart } from "./price-cart";
import type { CheckoutRequest } from "./request";

export interface PlacedOrder {
  order: {
    id: string;
    number: string;
    status: string;
    total: Money;
    /** What a coupon has taken off. */
    discount?: { code: string; amount: Money };
    token: string;
    statusUrl: string;
  };
}

/**
 * How long an order may take until it is paid or given up: the retries of `process-order` while Stripe is down (2.3 h
 * with Inngest's backoff) and the window for 3-D Secure. The reconciler ends what is older.
 */
export const ORDER_DEADLINE = 3.5 * HOUR;

/**
 * Places an order: one transaction writes the order, its lines at the server's prices, the answer under the client's
 * Idempotency-Key and the event that sets `process-order` going. The same key and body again get the same answer
 * (`replayed`), also when they arrive at the same moment. The order is `userId`'s, if somebody is signed in. The number of
 * SQL statements does not depend on the cart.
 *
 * @throws AppError `validation_failed` (422), `insufficient_stock`, `coupon_used`, `idempotency_key_reused` (409),
 *   `too_many_requests` (429)
 */
export async function placeOrder(
  request: CheckoutRequest,
  key?: string,
  userId?: string,
): Promise<{ answer: PlacedOrder; replayed: boolean }> {
  const idempotent = key === undefined ? undefined : { scope: "checkout", key, body: request };
  const orderId = newId("ord");
  const result = await transaction(async (tx) => {
    if (idempotent && !(await claimIdempotencyKey(tx, idempotent)))
      return { answer: await replay(tx, idempotent), replayed: true };
    await enforceRateLimit(tx, `checkout:${request.email}`, { count: appEnv().CHECKOUTS_PER_MINUTE, period: MINUTE });
    const cart = await priceCart(tx, request);
    return {
      answer: await writeOrder(tx, orderId, { ...request, userId }, cart, idempotent),
      replayed: false,
    };
  });
  if (!result.replayed) await announce([placedEvent(orderId, result.answer.order.total)]);
  return result;
}

const placedEvent = (orderId: string, total: Money) =>
  orderProcessingEvent({ orderId, attempt: 1, review: isHighValue(total) });

async function replay(tx: Tx, request: IdempotentRequest): Promise<PlacedOrder> {
  const answer = await storedResponse<PlacedOrder>(request, tx);
  if (!answer)
    throw new AppError("idempotency_key_in_use", 409, "A request with this Idempotency-Key is under way.", {
      retry: true,
    });
  return answer;
}

async function writeOrder(
  tx: Tx,
  orderId: string,
  request: CheckoutRequest & { userId?: string },
  { lines, discount, total }: PricedCart,
  idempotent?: IdempotentRequest,
): Promise<PlacedOrder> {
  const at = now();
  const token = newToken();
  const statusUrl = `${appEnv().APP_URL}/orders/${orderId}?token=${token}`;
  const less = discount && { code: discount.code, amount: { amount: discount.amount, currency: total.currency } };
  const draft = { id: orderId, status: "pending", total, ...(less && { discount: less }), token, statusUrl };
  const answer = Prisma.sql`jsonb_build_object('order', ${JSON.stringify(draft)}::jsonb || jsonb_build_object('number', placed.number::text))`;
  const keep = idempotent
    ? storeResponse(idempotent, Prisma.sql`(SELECT ${answer} FROM placed)`)
    : Prisma.sql`SELECT 1`;
  const [row] = await tx.$queryRaw<{ answer: PlacedOrder }[]>`
    WITH placed AS (
      INSERT INTO orders (id, token, status, total_amount, discount_amount, coupon_code, currency, email, name, phone, shipping_address, payment_method, user_id, deadline_at, created_at, updated_at)
      VALUES (${orderId}, ${token}, 'pending', ${total.amount}, ${discount?.amount ?? 0}, ${discount?.code ?? null}, ${total.currency}, ${request.email}, ${request.name ?? null}, ${request.phone ?? null},
        ${request.shippingAddress ? JSON.stringify(request.shippingAddress) : null}::jsonb, ${request.paymentMethod}, ${request.userId ?? null}, ${after(ORDER_DEADLINE, at)}, ${at}, ${at})
      RETURNING id, number
    ), written AS (
      INSERT INTO order_lines (order_id, position, product_id, sku, name, unit_amount, quantity)
      SELECT placed.id, l.position, l.product_id, l.sku, l.name, l.unit_amount, l.quantity
      FROM placed, jsonb_to_recordset(${JSON.stringify(lines)}::jsonb)
        AS l(position int, product_id text, sku text, name text, unit_amount int, quantity int)
    ), told AS (${timelineInsert([{ orderId, type: "order_placed", data: { total, ...(less && { discount: less }) } }], at)}
    ), announced AS (${outboxInsert([placedEvent(orderId, total)], at)}
    ), reviewed AS (${reviewInsert(orderId, total, at)}
    ), redeemed AS (${couponTaking(orderId, discount)}
    ), kept AS (${keep})
    SELECT ${answer} AS answer FROM placed`;
  if (!row) throw new Error("The order was not written.");
  return row.answer;
}
