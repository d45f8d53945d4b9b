import type { Client } from "../client-limits";
import { Prisma, type Tx } from "../db";
import { appEnv } from "../env";
import { AppError } from "../errors";
import type { CancelReason } from "../order-state/status";
import { recordOrderCancellation } from "../orders/change-order";
import type { Publish } from "../outbox";
import type { OpenOrder } from "../view-schemas";
import type { CheckoutRequest } from "./place-order";

/** A checkout and who makes it. */
export interface Checkout extends CheckoutRequest {
  userId?: string;
  /** The cart of the visitor's browser. Its id is a secret. */
  cartId?: string;
  /** From where they make it. */
  client?: Client;
  /** The API key of a program that makes it for them. */
  apiKey?: { id: string; name: string };
  /** For an order of a storefront: its id there, what else it sent, and Stripe's customer if the card is a saved one. */
  externalId?: string;
  metadata?: Record<string, unknown>;
  stripeCustomer?: string;
}

/** The end reason of an order that its customer has placed again before paying it. */
const REPLACED = "replaced" satisfies CancelReason;

/**
 * The SQL condition that order `o` is this customer's: it has the same account or was placed from the same cart. A guest without
 * a cart (an API client) is known by the email, name and address, which a stranger can type. This reveals no token.
 */
const isOwn = ({ userId, cartId, email, name, shippingAddress }: Checkout): Prisma.Sql => Prisma.sql`(
  o.user_id = ${userId ?? null} OR o.cart_id = ${cartId ?? null}
  OR o.user_id IS NULL AND o.email = ${email} AND o.name IS NOT DISTINCT FROM ${name ?? null}
    AND o.shipping_address IS NOT DISTINCT FROM ${shippingAddress ? JSON.stringify(shippingAddress) : null}::jsonb)`;

/** The SQL condition that order `o` has the items of the cart and waits for its customer, for example in 3-D Secure. */
const isReplaced = (checkout: Checkout): Prisma.Sql => {
  const items = Object.fromEntries(checkout.items.map(({ productId, quantity }) => [productId, quantity]));
  return Prisma.sql`o.status = 'awaiting_payment' AND ${isOwn(checkout)}
    AND (SELECT jsonb_object_agg(l.product_id, l.quantity) FROM order_lines l WHERE l.order_id = o.id) = ${JSON.stringify(items)}::jsonb`;
};

/** Returns a SELECT of the ids of the open orders that this checkout replaces. */
export const replacedOrders = (checkout: Checkout): Prisma.Sql =>
  Prisma.sql`SELECT o.id FROM orders o WHERE ${isReplaced(checkout)}`;

/**
 * Cancels the open orders that this checkout replaces, and returns how many. An order that its run changes at this moment is left
 * alone: to wait for its lock while this transaction holds the coupon's could be a deadlock.
 */
export async function cancelReplacedOrders(tx: Tx, publish: Publish, checkout: Checkout): Promise<number> {
  const orders = await tx.$queryRaw<{ id: string }[]>`${replacedOrders(checkout)} FOR UPDATE OF o SKIP LOCKED`;
  for (const { id } of orders) await recordOrderCancellation(tx, publish, id, "awaiting_payment", REPLACED);
  return orders.length;
}

/**
 * Handles a refusal that the customer's own open order may cause. If the checkout replaces that order, it is cancelled, and the
 * caller prices the cart again.
 * @throws AppError the refusal, with the open order that holds the coupon or the stock
 */
export async function freeOwnOrder(tx: Tx, publish: Publish, checkout: Checkout, refusal: unknown): Promise<void> {
  if (!(refusal instanceof AppError) || !["coupon_used", "insufficient_stock"].includes(refusal.code)) throw refusal;
  if ((await cancelReplacedOrders(tx, publish, checkout)) > 0) return;
  const order = await findHolder(tx, checkout, refusal.code === "coupon_used");
  if (!order) throw refusal;
  const message = `${refusal.message} Your order ${order.number} is still open and holds it.`;
  throw new AppError(refusal.code, refusal.status, message, { errors: refusal.errors, details: { order } });
}

/** Returns the customer's newest open order that holds the coupon, or a product of the cart. */
async function findHolder(tx: Tx, checkout: Checkout, coupon: boolean): Promise<OpenOrder | undefined> {
  const products = checkout.items.map(({ productId }) => productId);
  const holds = coupon
    ? Prisma.sql`o.coupon_code = ${checkout.couponCode ?? null}`
    : Prisma.sql`EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id AND l.product_id = ANY(${products}))`;
  const { userId, cartId } = checkout;
  const [order] = await tx.$queryRaw<{ id: string; number: number; token: string; proven: boolean }[]>`
    SELECT o.id, o.number, o.token, coalesce(o.user_id = ${userId ?? null} OR o.cart_id = ${cartId ?? null}, false) AS proven
    FROM orders o WHERE o.status IN ('pending', 'awaiting_payment') AND ${isOwn(checkout)} AND ${holds}
    ORDER BY o.number DESC LIMIT 1`;
  if (!order) return undefined;
  // The token only goes to a customer who has the account or the cart. A guest has it in the order's emails.
  const token = order.proven ? `?token=${order.token}` : "";
  const statusUrl = `${appEnv().APP_URL}/orders/${order.id}${token}`;
  return { id: order.id, number: String(order.number), statusUrl };
}
