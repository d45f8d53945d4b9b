import { type Discount, redeemCoupon } from "../coupons/redeem-coupon";
import type { Tx } from "../db";
import { conflict, invalid } from "../errors";
import { formatMoney, MAX_AMOUNT, type Money, minimumCharge } from "../money";
import type { CheckoutRequest } from "./request";

/** A line of the cart at the server's price. */
export interface Line {
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

export interface PricedCart {
  lines: Line[];
  subtotal: Money;
  discount?: Discount;
  /** What is to be paid. */
  total: Money;
}

/**
 * The cart at the server's prices, less what a coupon takes off. Two statements at most, whatever is in it.
 * @throws AppError `validation_failed` (422), `insufficient_stock`, `coupon_used` (409), naming what cannot be sold so.
 */
export async function priceCart(tx: Tx, { items, email, couponCode }: CheckoutRequest): Promise<PricedCart> {
  const lines = await readLines(tx, items);
  const currency = lines[0]?.currency ?? "";
  const subtotal = { amount: lines.reduce((sum, line) => sum + line.unit_amount * line.quantity, 0), currency };
  if (subtotal.amount > MAX_AMOUNT)
    throw invalid("The order is too large for one payment.", [
      { path: "items", message: `add up to more than ${MAX_AMOUNT} minor units` },
    ]);
  if (subtotal.amount < minimumCharge(currency))
    throw invalid("The order is too small for a payment.", [
      { path: "items", message: `add up to less than ${formatMoney({ amount: minimumCharge(currency), currency })}` },
    ]);
  const discount = couponCode === undefined ? undefined : await redeemCoupon(tx, couponCode, email, subtotal);
  return { lines, subtotal, discount, total: { amount: subtotal.amount - (discount?.amount ?? 0), currency } };
}

async function readLines(tx: Tx, items: CheckoutRequest["items"]): Promise<Line[]> {
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
  return cart;
}

const path = (line: Line, field: string) => `items.${line.position - 1}.${field}`;
