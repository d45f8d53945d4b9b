import { z } from "zod";
import { enteredAddressSchema } from "../address";
import { checkFailures, failuresUntil, recordFailure } from "../client-limits";
import { after, MINUTE, now } from "../clock";
import { couponRedemption } from "../coupons/redeem-coupon";
import { db, Prisma, type Tx, transaction } from "../db";
import { emailSchema } from "../email-address";
import { emailKey } from "../email-key";
import { appEnv } from "../env";
import { AppError, invalid } from "../errors";
import { claimIdempotencyKey, type IdempotentRequest, responseUpdate, storedResponse } from "../idempotency";
import { newId, newToken } from "../ids";
import { orderProcessingEvent } from "../inngest";
import { timelineInsert } from "../order-state/order-changes";
import { ORDER_DEADLINE_MS } from "../order-state/status";
import { uniqueProducts } from "../order-state/unique-products";
import { isHighValue, reviewInsert } from "../orders/review";
import { type Publish, withOutbox } from "../outbox";
import { paymentMethodSchema } from "../payments/payment-policy";
import { acquireSlot, slotInsert, tooManyRequests } from "../rate-limit";
import { plainTextSchema as text } from "../text";
import { discountSchema, moneySchema, type Quote } from "../view-schemas";
import { MAX_ITEMS, MAX_QUANTITY } from "./cart";
import { type Checkout, cancelReplacedOrders, freeOwnOrder, replacedOrders } from "./open-order";
import { type PricedCart, priceCart, toQuote } from "./price-cart";

/** The body of the response to `POST /api/checkout`. */
export const placedOrderSchema = z.strictObject({
  order: z.strictObject({
    id: z.string(),
    number: z.string(),
    status: z.literal("pending"),
    total: moneySchema,
    discount: discountSchema,
    token: z.string().describe("Gives access to the order without an account."),
    statusUrl: z.url(),
  }),
});

export type PlacedOrder = z.output<typeof placedOrderSchema>;

/** Who places an order: a signed-in user, the cart of the visitor's browser, the client, and the API key of a program. */
export type Buyer = Pick<Checkout, "userId" | "cartId" | "client" | "apiKey">;

/**
 * Places an order. One transaction inserts the order, its lines at the server's prices, the answer under the client's
 * Idempotency-Key and the event that triggers `process-order`. The same key and body of the same caller get the same answer
 * (`replayed`), also if they arrive at the same moment. The order belongs to the signed-in customer, else to the account with its
 * verified address. It replaces the customer's order of the same cart that still waits for its payment. The number of SQL
 * statements does not depend on the cart.
 *
 * @throws AppError `validation_failed` (422), `total_changed`, `insufficient_stock`, `coupon_used`, `idempotency_key_reused` (409),
 *   `challenge_required` (403), `too_many_requests`, `too_many_failures` (429)
 */
export async function placeOrder(
  request: CheckoutRequest,
  key?: string,
  buyer: Buyer = {},
): Promise<{ answer: PlacedOrder; replayed: boolean }> {
  const idempotent = key === undefined ? undefined : idempotentCheckout(request, key, buyer);
  const checkout = { ...request, ...buyer };
  return withOutbox(async (tx, publish) => {
    if (idempotent && !(await claimIdempotencyKey(tx, idempotent)))
      return { answer: await replay(tx, idempotent), replayed: true };
    await enforceLimits(tx, checkout);
    const cart = await priceCart(tx, request).catch(async (refusal) => {
      await freeOwnOrder(tx, publish, checkout, refusal);
      return priceCart(tx, request);
    });
    const { answer, replaces } = await insertOrder(tx, publish, checkout, cart, idempotent);
    if (replaces) await cancelReplacedOrders(tx, publish, checkout);
    return { answer, replayed: false };
  }).catch(async (error) => {
    await recordRefusal(checkout, error);
    throw error;
  });
}

/** The limit of one customer. The spellings of one mailbox have one limit. */
const checkoutLimit = ({ email }: Checkout) =>
  [`checkout:${emailKey(email)}`, { count: appEnv().CHECKOUTS_PER_MINUTE, periodMs: MINUTE }] as const;

/** @throws AppError `challenge_required` (403), `too_many_requests`, `too_many_failures` (429) */
async function enforceLimits(tx: Tx, checkout: Checkout): Promise<void> {
  const { client } = checkout;
  const [key, limit] = checkoutLimit(checkout);
  const [row] = await tx.$queryRaw<{ free: boolean; failures: Date | null }[]>`
    WITH slot AS (${slotInsert(key, limit)})
    SELECT EXISTS (SELECT 1 FROM slot) AS free, ${failuresUntil(Prisma.sql`${client?.key ?? null}::text`)} AS failures`;
  if (!row?.free) throw tooManyRequests(limit);
  if (client) checkFailures(client, row.failures);
}

/** Counts a refused checkout: its transaction, which had taken a slot, has rolled back. */
async function recordRefusal(checkout: Checkout, error: unknown): Promise<void> {
  if (!(error instanceof AppError) || [403, 429, 503].includes(error.status)) return;
  await acquireSlot(...checkoutLimit(checkout));
  if (checkout.client && isCouponRefusal(error)) await recordFailure(checkout.client);
}

/** Returns the answer to an earlier request of the same caller with the same key and body, if any. */
export const placedBefore = (request: CheckoutRequest, key: string, buyer: Buyer): Promise<PlacedOrder | undefined> =>
  storedResponse<PlacedOrder>(idempotentCheckout(request, key, buyer));

const idempotentCheckout = (body: CheckoutRequest, key: string, { userId, apiKey }: Buyer): IdempotentRequest => ({
  scope: "checkout",
  caller: apiKey?.id ?? userId ?? `guest:${body.email}`,
  key,
  // A program must not get the order of one customer for another one.
  body: apiKey ? { ...body, userId } : body,
});

/** Returns the price of a cart now. Writes nothing. @throws AppError as `placeOrder` */
export const quoteOrder = (request: CheckoutRequest): Promise<Quote> =>
  transaction(async (tx) => toQuote(await priceCart(tx, { ...request, expectedTotal: undefined })));

/** Returns whether the checkout was refused because of its coupon. */
export const isCouponRefusal = (error: unknown): boolean =>
  error instanceof AppError && error.errors.some(({ path }) => path === "couponCode");

async function replay(tx: Tx, request: IdempotentRequest): Promise<PlacedOrder> {
  const answer = await storedResponse<PlacedOrder>(request, tx);
  if (!answer)
    throw new AppError("idempotency_key_in_use", 409, "A request with this Idempotency-Key is under way.", {
      retry: true,
    });
  return answer;
}

/** Inserts an order with all that belongs to it, in one statement of a transaction. */
export async function insertOrder(
  tx: Tx,
  publish: Publish,
  request: Checkout,
  { lines, discount, total }: PricedCart,
  idempotent?: IdempotentRequest,
): Promise<{ answer: PlacedOrder; replaces: boolean }> {
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
  // An order of a guest belongs to the account with the same, verified address. The lock waits for the deletion of the account that is
  // under way: the order is that of a guest then.
  const isOwner = request.userId
    ? Prisma.sql`id = ${request.userId}`
    : Prisma.sql`email = ${request.email} AND email_verified`;
  const owner = Prisma.sql`(SELECT id FROM users WHERE ${isOwner} AND deleted_at IS NULL FOR KEY SHARE)`;
  const event = orderProcessingEvent({ orderId, attempt: 1, review: isHighValue(total) });
  const [row] = await tx.$queryRaw<{ answer: PlacedOrder; replaces: boolean }[]>`
    WITH placed AS (
      INSERT INTO orders (id, external_id, metadata, stripe_customer, token, status, total_amount, discount_amount, coupon_code, currency, email, name, phone,
        shipping_address, payment_method, user_id, cart_id, client_key, api_key_id, api_key_name,
        deadline_at, created_at, updated_at)
      VALUES (${orderId}, ${request.externalId ?? null}, ${request.metadata ? JSON.stringify(request.metadata) : null}::jsonb,
        ${request.stripeCustomer ?? null}, ${token}, 'pending', ${total.amount}, ${discount?.amount ?? 0}, ${discount?.code ?? null},
        ${total.currency}, ${request.email}, ${request.name ?? null}, ${request.phone ?? null}, ${address}::jsonb,
        ${request.paymentMethod ?? null}, ${owner}, ${request.cartId ?? null}, ${request.client?.key ?? null},
        ${request.apiKey?.id ?? null}, ${request.apiKey?.name ?? null}, ${after(ORDER_DEADLINE_MS, at)}, ${at}, ${at})
      RETURNING id, number
    ), lines AS (
      INSERT INTO order_lines (order_id, position, product_id, sku, name, unit_amount, quantity)
      SELECT placed.id, l.position, l.product_id, l.sku, l.name, l.unit_amount, l.quantity
      FROM placed, jsonb_to_recordset(${JSON.stringify(lines)}::jsonb)
        AS l(position int, product_id text, sku text, name text, unit_amount bigint, quantity int)
    ), timeline AS (${timelineInsert([{ orderId, type: "order_placed", data: price }], at)}
    ), published AS (${publish.insert([event], at)}
    ), review AS (${reviewInsert(orderId, total, at)}
    ), redeemed AS (${couponRedemption(orderId, discount)}
    ), response AS (${response})
    SELECT ${answer} AS answer, EXISTS (${replacedOrders(request)}) AS replaces FROM placed`;
  if (!row) throw new Error("The order was not inserted.");
  return row;
}

/** The body of `POST /api/checkout`. The prices are the server's; `expectedTotal` only says which total the customer has seen. */
export const checkoutSchema = z.strictObject({
  items: z
    .array(
      z.strictObject({
        productId: text(100),
        quantity: z
          .int("must be a whole number")
          .min(1, "must be at least 1")
          .max(MAX_QUANTITY, `must be at most ${MAX_QUANTITY}`),
      }),
    )
    .min(1, "must hold at least one item")
    .max(MAX_ITEMS, `must hold at most ${MAX_ITEMS} items`)
    .superRefine(uniqueProducts("is in the cart already; raise its quantity instead")),
  email: emailSchema,
  name: text(200).optional(),
  phone: text(40).optional(),
  shippingAddress: enteredAddressSchema.optional(),
  paymentMethod: paymentMethodSchema.optional().describe("Required unless there is nothing to pay."),
  couponCode: text(50)
    .transform((code) => code.toUpperCase())
    .optional(),
  expectedTotal: moneySchema
    .optional()
    .describe("The total that the customer was shown, less the discount. Another total is 409 `total_changed`."),
});

export type CheckoutRequest = z.output<typeof checkoutSchema>;

/** The body of `POST /api/checkout` also of a program, which places orders for any customer. */
export const apiCheckoutSchema = checkoutSchema.extend({
  userId: text(100)
    .optional()
    .describe(
      "The customer's account. Only an API key may name it. Without it, the order is that of the account with the email.",
    ),
});

/** Returns the id of an account that can order. @throws AppError `validation_failed` (422) */
export async function requireCustomer(userId: string): Promise<string> {
  const user = await db().user.findUnique({ where: { id: userId, deletedAt: null }, select: { id: true } });
  if (!user) throw invalid("The request is not valid.", [{ path: "userId", message: "is not the id of an account" }]);
  return user.id;
}
