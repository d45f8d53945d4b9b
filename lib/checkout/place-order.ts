import { z } from "zod";
import { enteredAddressSchema } from "../address";
import { after, MINUTE, now } from "../clock";
import { couponRedemption, lockCoupon } from "../coupons/redeem-coupon";
import { Prisma, type Tx } from "../db";
import { emailSchema } from "../email-address";
import { emailKey } from "../email-key";
import { appEnv } from "../env";
import { AppError, conflict, type FieldError, invalid } from "../errors";
import { claimIdempotencyKey, type IdempotentRequest, responseUpdate, storedResponse } from "../idempotency";
import { newId, newToken } from "../ids";
import { orderProcessingEvent } from "../inngest";
import { formatMoney, MAX_AMOUNT, minimumCharge } from "../money";
import { timelineInsert } from "../order-state/order-changes";
import { ORDER_DEADLINE_MS } from "../order-state/status";
import { isHighValue, reviewInsert } from "../orders/review";
import { type Publish, withOutbox } from "../outbox";
import { paymentMethodSchema } from "../payments/payment-policy";
import { enforceRateLimit } from "../rate-limit";
import { plainTextSchema as text } from "../text";
import { discountSchema, moneySchema } from "../view-schemas";

/** The body of the response to `POST /api/checkout`. */
export const placedOrderSchema = z.strictObject({
  order: z.strictObject({
    id: z.string(),
    number: z.string(),
    status: z.string(),
    total: moneySchema,
    discount: discountSchema,
    token: z.string().describe("Gives access to the order without an account."),
    statusUrl: z.url(),
  }),
});

export type PlacedOrder = z.output<typeof placedOrderSchema>;

type PricedCart = Awaited<ReturnType<typeof priceCart>>;

/**
 * Places an order. One transaction inserts the order, its lines at the server's prices, the answer under the client's
 * Idempotency-Key and the event that triggers `process-order`. The same key and body of the same caller get the same answer
 * (`replayed`), also if they arrive at the same moment. The order belongs to `userId` if the customer is signed in, else to
 * the account with its address. The number of SQL statements does
 * not depend on the cart.
 *
 * @throws AppError `validation_failed` (422), `insufficient_stock`, `coupon_used`, `idempotency_key_reused` (409),
 *   `too_many_requests` (429)
 */
export async function placeOrder(
  request: CheckoutRequest,
  key?: string,
  userId?: string,
): Promise<{ answer: PlacedOrder; replayed: boolean }> {
  const caller = userId ?? `guest:${request.email}`;
  const idempotent = key === undefined ? undefined : { scope: "checkout", caller, key, body: request };
  return withOutbox(async (tx, publish) => {
    if (idempotent && !(await claimIdempotencyKey(tx, idempotent)))
      return { answer: await replay(tx, idempotent), replayed: true };
    await enforceRateLimit(tx, `checkout:${emailKey(request.email)}`, {
      count: appEnv().CHECKOUTS_PER_MINUTE,
      periodMs: MINUTE,
    });
    const cart = await priceCart(tx, request);
    return { answer: await insertOrder(tx, publish, { ...request, userId }, cart, idempotent), replayed: false };
  });
}

async function replay(tx: Tx, request: IdempotentRequest): Promise<PlacedOrder> {
  const answer = await storedResponse<PlacedOrder>(request, tx);
  if (!answer)
    throw new AppError("idempotency_key_in_use", 409, "A request with this Idempotency-Key is under way.", {
      retry: true,
    });
  return answer;
}

/** Returns the cart at the server's prices, less the coupon's discount. At most two statements. @throws AppError as `placeOrder` */
async function priceCart(tx: Tx, { items, email, couponCode }: CheckoutRequest) {
  const { lines, currency } = await readLines(tx, items);
  const subtotal = { amount: lines.reduce((sum, line) => sum + line.unit_amount * line.quantity, 0), currency };
  if (subtotal.amount > MAX_AMOUNT)
    throw invalid("The order is too large for one payment.", [
      { path: "items", message: `add up to more than ${MAX_AMOUNT} minor units` },
    ]);
  if (subtotal.amount < minimumCharge(currency))
    throw invalid("The order is too small for a payment.", [
      { path: "items", message: `add up to less than ${formatMoney({ amount: minimumCharge(currency), currency })}` },
    ]);
  const discount = couponCode === undefined ? undefined : await lockCoupon(tx, couponCode, email, subtotal);
  return { lines, discount, total: { amount: subtotal.amount - (discount?.amount ?? 0), currency } };
}

/** Returns the lines of the cart at the server's prices, as rows of `order_lines`, and their currency. */
async function readLines(tx: Tx, items: CheckoutRequest["items"]) {
  const products = await tx.product.findMany({
    where: { id: { in: items.map(({ productId }) => productId) }, active: true },
    include: { inventory: true },
  });
  const productOf = new Map(products.map((product) => [product.id, product]));
  const unknown = errorsIn(
    items,
    "productId",
    ({ productId }) => !productOf.has(productId) && "is not a product on sale",
  );
  if (unknown.length > 0) throw invalid("The cart contains a product that is not on sale.", unknown);

  const cart = items.flatMap(({ productId, quantity }) => {
    const product = productOf.get(productId);
    return product ? [{ product, quantity }] : [];
  });
  const currency = cart[0]?.product.currency ?? "";
  const mixed = errorsIn(
    cart,
    "productId",
    ({ product }) => product.currency !== currency && `is priced in ${product.currency}`,
  );
  if (mixed.length > 0) throw invalid("All items of an order must have the same currency.", mixed);
  const missing = errorsIn(cart, "quantity", ({ product, quantity }) => {
    const available = product.inventory?.available ?? 0;
    return available < quantity && `only ${available} available`;
  });
  if (missing.length > 0) throw conflict("insufficient_stock", "There is not enough in stock.", missing);

  const lines = cart.map(({ product: { id, sku, name, priceAmount }, quantity }, index) => {
    return { position: index + 1, product_id: id, sku, name, unit_amount: priceAmount, quantity };
  });
  return { lines, currency };
}

/** Returns the error of each item of the cart for which `check` returns a message. */
function errorsIn<T>(items: T[], field: string, check: (item: T) => string | false): FieldError[] {
  return items.flatMap((item, index) => {
    const message = check(item);
    return message ? [{ path: `items.${index}.${field}`, message }] : [];
  });
}

async function insertOrder(
  tx: Tx,
  publish: Publish,
  request: CheckoutRequest & { userId?: string },
  { lines, discount, total }: PricedCart,
  idempotent?: IdempotentRequest,
): Promise<PlacedOrder> {
  const at = now();
  const orderId = newId("ord");
  const token = newToken();
  const statusUrl = `${appEnv().APP_URL}/orders/${orderId}?token=${token}`;
  const price = {
    total: { ...total },
    ...(discount && {
      discount: { code: discount.code, amount: { amount: discount.amount, currency: total.currency } },
    }),
  };
  const order = { id: orderId, status: "pending", ...price, token, statusUrl };
  const answer = Prisma.sql`jsonb_build_object('order', ${JSON.stringify(order)}::jsonb || jsonb_build_object('number', placed.number::text))`;
  const response = idempotent
    ? responseUpdate(idempotent, Prisma.sql`(SELECT ${answer} FROM placed)`)
    : Prisma.sql`SELECT 1`;
  const address = request.shippingAddress ? JSON.stringify(request.shippingAddress) : null;
  // An order of a guest belongs to the account with the same, verified address.
  const owner = request.userId
    ? Prisma.sql`${request.userId}`
    : Prisma.sql`(SELECT id FROM users WHERE email = ${request.email} AND email_verified)`;
  const event = orderProcessingEvent({ orderId, attempt: 1, review: isHighValue(total) });
  const [row] = await tx.$queryRaw<{ answer: PlacedOrder }[]>`
    WITH placed AS (
      INSERT INTO orders (id, token, status, total_amount, discount_amount, coupon_code, currency, email, name, phone,
        shipping_address, payment_method, user_id, deadline_at, created_at, updated_at)
      VALUES (${orderId}, ${token}, 'pending', ${total.amount}, ${discount?.amount ?? 0}, ${discount?.code ?? null},
        ${total.currency}, ${request.email}, ${request.name ?? null}, ${request.phone ?? null}, ${address}::jsonb,
        ${request.paymentMethod}, ${owner}, ${after(ORDER_DEADLINE_MS, at)}, ${at}, ${at})
      RETURNING id, number
    ), lines AS (
      INSERT INTO order_lines (order_id, position, product_id, sku, name, unit_amount, quantity)
      SELECT placed.id, l.position, l.product_id, l.sku, l.name, l.unit_amount, l.quantity
      FROM placed, jsonb_to_recordset(${JSON.stringify(lines)}::jsonb)
        AS l(position int, product_id text, sku text, name text, unit_amount int, quantity int)
    ), timeline AS (${timelineInsert([{ orderId, type: "order_placed", data: price }], at)}
    ), published AS (${publish.insert([event], at)}
    ), review AS (${reviewInsert(orderId, total, at)}
    ), redeemed AS (${couponRedemption(orderId, discount)}
    ), response AS (${response})
    SELECT ${answer} AS answer FROM placed`;
  if (!row) throw new Error("The order was not inserted.");
  return row.answer;
}

/** The body of `POST /api/checkout`. It has no prices: those are the server's. */
export const checkoutSchema = z.strictObject({
  items: z
    .array(
      z.strictObject({
        productId: text(100),
        quantity: z.int("must be a whole number").min(1, "must be at least 1").max(1_000, "must be at most 1000"),
      }),
    )
    .min(1, "must hold at least one item")
    .max(100, "must hold at most 100 items")
    .superRefine((items, context) => {
      const seen = new Set<string>();
      for (const [index, { productId }] of items.entries()) {
        if (seen.has(productId))
          context.addIssue({
            code: "custom",
            path: [index, "productId"],
            message: "is in the cart already; raise its quantity instead",
          });
        seen.add(productId);
      }
    }),
  email: emailSchema,
  name: text(200).optional(),
  phone: text(40).optional(),
  shippingAddress: enteredAddressSchema.optional(),
  paymentMethod: paymentMethodSchema,
  couponCode: text(50)
    .transform((code) => code.toUpperCase())
    .optional(),
});

export type CheckoutRequest = z.output<typeof checkoutSchema>;
