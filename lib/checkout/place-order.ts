import { after, HOUR, MINUTE, now } from "../clock";
import { Prisma, type Tx, transaction } from "../db";
import { appEnv } from "../env";
import { AppError, conflict, invalid } from "../errors";
import { claimKey, type IdempotentRequest, keepAnswer, storedAnswer } from "../idempotency";
import { newId, newToken } from "../ids";
import { orderProcessingEvent } from "../inngest";
import { MAX_AMOUNT, type Money } from "../money";
import { timelineInsert } from "../orders/timeline";
import { announce, outboxInsert } from "../outbox";
import { takeFromBucket } from "../rate-limit";
import { reviewInsert } from "../review/note-review";
import { isHighValue } from "../review/policy";
import type { CheckoutRequest } from "./request";

export interface PlacedOrder {
  order: { id: string; number: string; status: string; total: Money; token: string; statusUrl: string };
}

/**
 * How long an order may take until it is paid or given up: the retries of `process-order` while Stripe is down (2.4 h
 * with Inngest's backoff) and the window for 3-D Secure. The reconciler ends what is older.
 */
export const ORDER_DEADLINE = 3.5 * HOUR;

/**
 * Places an order: one transaction writes the order, its lines at the server's prices, the answer under the client's
 * Idempotency-Key and the event that sets `process-order` going. The same key and body again get the same answer
 * (`replayed`), also when they arrive at the same moment. The order is `userId`'s, if somebody is signed in. The number of
 * SQL statements does not depend on the cart.
 *
 * @throws AppError `validation_failed` (422), `insufficient_stock` (409), `idempotency_key_reused` (409),
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
    if (idempotent && !(await claimKey(tx, idempotent)))
      return { answer: await replay(tx, idempotent), replayed: true };
    await takeFromBucket(tx, `checkout:${request.email}`, { count: appEnv().CHECKOUTS_PER_MINUTE, period: MINUTE });
    const lines = await priceCart(tx, request);
    return {
      answer: await writeOrder(tx, orderId, { ...request, userId }, lines, idempotent),
      replayed: false,
    };
  });
  if (!result.replayed) await announce([placedEvent(orderId, result.answer.order.total)]);
  return result;
}

const placedEvent = (orderId: string, total: Money) =>
  orderProcessingEvent({ orderId, attempt: 1, review: isHighValue(total) });

async function replay(tx: Tx, request: IdempotentRequest): Promise<PlacedOrder> {
  const answer = await storedAnswer<PlacedOrder>(request, tx);
  if (!answer)
    throw new AppError("idempotency_key_in_use", 409, "A request with this Idempotency-Key is under way.", {
      retry: true,
    });
  return answer;
}

interface Line {
  position: number;
  product_id: string;
  sku: string;
  name: string;
  unit_amount: number;
  quantity: number;
  currency: string;
  active: boolean;
  available: number;
}

/** The cart at the server's prices. Refuses what cannot be sold, naming the item. */
async function priceCart(tx: Tx, { items, couponCode }: CheckoutRequest): Promise<Line[]> {
  const found = await tx.$queryRaw<Line[]>`
    SELECT cart.position::int, p.id AS product_id, p.sku, p.name, p.price_amount AS unit_amount, cart.quantity, p.currency, p.active,
      coalesce(i.available, 0) AS available
    FROM unnest(${items.map((item) => item.productId)}::text[], ${items.map((item) => item.quantity)}::int[])
      WITH ORDINALITY AS cart(product_id, quantity, position)
    JOIN products p ON p.id = cart.product_id LEFT JOIN inventory i ON i.product_id = p.id
    ORDER BY cart.position`;
  const lines = new Map(found.filter((line) => line.active).map((line) => [line.product_id, line]));
  const unknown = items.flatMap(({ productId }, index) =>
    lines.has(productId) ? [] : [{ path: `items.${index}.productId`, message: "is not a product on sale" }],
  );
  if (unknown.length > 0) throw invalid("The cart holds something that is not on sale.", unknown);
  const cart = [...lines.values()];
  const mixed = cart.filter((line) => line.currency !== cart[0]?.currency);
  if (mixed.length > 0)
    throw invalid(
      "All items of an order must have the same currency.",
      mixed.map((line) => ({ path: path(line, "productId"), message: `is priced in ${line.currency}` })),
    );
  const short = cart.filter((line) => line.available < line.quantity);
  if (short.length > 0)
    throw conflict(
      "insufficient_stock",
      "There is not enough in stock.",
      short.map((line) => ({ path: path(line, "quantity"), message: `only ${line.available} available` })),
    );
  if (couponCode !== undefined)
    throw invalid("The coupon cannot be used.", [{ path: "couponCode", message: "is not a coupon of this shop" }]);
  if (totalOf(cart) > MAX_AMOUNT)
    throw invalid("The order is too large for one payment.", [
      { path: "items", message: `add up to more than ${MAX_AMOUNT} minor units` },
    ]);
  return cart;
}

const path = (line: Line, field: string) => `items.${line.position - 1}.${field}`;
const totalOf = (lines: Line[]) => lines.reduce((sum, line) => sum + line.unit_amount * line.quantity, 0);

async function writeOrder(
  tx: Tx,
  orderId: string,
  request: CheckoutRequest & { userId?: string },
  lines: Line[],
  idempotent?: IdempotentRequest,
): Promise<PlacedOrder> {
  const at = now();
  const total = { amount: totalOf(lines), currency: lines[0]?.currency ?? "" };
  const token = newToken();
  const statusUrl = `${appEnv().APP_URL}/orders/${orderId}?token=${token}`;
  const draft = { id: orderId, status: "pending", total, token, statusUrl };
  const answer = Prisma.sql`jsonb_build_object('order', ${JSON.stringify(draft)}::jsonb || jsonb_build_object('number', placed.number::text))`;
  const keep = idempotent ? keepAnswer(idempotent, Prisma.sql`(SELECT ${answer} FROM placed)`) : Prisma.sql`SELECT 1`;
  const [row] = await tx.$queryRaw<{ answer: PlacedOrder }[]>`
    WITH placed AS (
      INSERT INTO orders (id, token, status, total_amount, currency, email, name, phone, shipping_address, payment_method, user_id, deadline_at, created_at, updated_at)
      VALUES (${orderId}, ${token}, 'pending', ${total.amount}, ${total.currency}, ${request.email}, ${request.name ?? null}, ${request.phone ?? null},
        ${request.shippingAddress ? JSON.stringify(request.shippingAddress) : null}::jsonb, ${request.paymentMethod}, ${request.userId ?? null}, ${after(ORDER_DEADLINE, at)}, ${at}, ${at})
      RETURNING id, number
    ), written AS (
      INSERT INTO order_lines (order_id, position, product_id, sku, name, unit_amount, quantity)
      SELECT placed.id, l.position, l.product_id, l.sku, l.name, l.unit_amount, l.quantity
      FROM placed, jsonb_to_recordset(${JSON.stringify(lines)}::jsonb)
        AS l(position int, product_id text, sku text, name text, unit_amount int, quantity int)
    ), told AS (${timelineInsert([{ orderId, type: "order_placed", data: { total } }], at)}
    ), announced AS (${outboxInsert([placedEvent(orderId, total)], at)}
    ), reviewed AS (${reviewInsert(orderId, total, at)}
    ), kept AS (${keep})
    SELECT ${answer} AS answer FROM placed`;
  if (!row) throw new Error("The order was not written.");
  return row.answer;
}
