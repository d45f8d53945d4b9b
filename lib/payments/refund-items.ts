import { amountStep } from "../money";
import { type Items, type LineState, openItems } from "../order-state/open-lines";

export interface PricedLine extends LineState {
  unitAmount: number;
}

/** The order's total and the discount that lies in it. */
export interface OrderPrice {
  currency: string;
  totalAmount: number;
  discountAmount: number;
}

/**
 * Returns what the customer has paid for items: their price less their share of the discount. It is rounded down to an amount that
 * Stripe can refund in the currency. Pure.
 */
export function paidFor(lines: PricedLine[], items: Items[], order: OrderPrice): number {
  const { currency, totalAmount, discountAmount } = order;
  const priceOf = new Map(lines.map(({ productId, unitAmount }) => [productId, unitAmount]));
  const price = items.reduce((sum, { productId, quantity }) => sum + (priceOf.get(productId) ?? 0) * quantity, 0);
  const full = totalAmount + discountAmount;
  const paid = full === 0 ? 0 : Math.round((price * totalAmount) / full);
  return paid - (paid % amountStep(currency));
}

/**
 * Returns what a refund of items pays back: what was paid for them and for the withheld items together, less what was paid for the
 * withheld ones. So refunds of the pieces of an order, one after the other, add up to all that was paid. Pure.
 */
export function refundFor(lines: PricedLine[], items: Items[], order: OrderPrice): number {
  const withheld = lines.map(({ productId, withheld: quantity }) => ({ productId, quantity }));
  return paidFor(lines, [...withheld, ...items], order) - paidFor(lines, withheld, order);
}

/**
 * Returns the unshipped items that a refund of an amount pays back, if the request does not name them: all of them for all that is
 * left or for their whole price, else some of the first line of which the amount is the price. Any other amount is a goodwill
 * refund, and pays back no items. Pure.
 */
export function itemsOfAmount(lines: PricedLine[], amount: number, left: number, order: OrderPrice): Items[] {
  const open = openItems(lines);
  if (amount === left || amount === paidFor(lines, open, order)) return open;
  for (const { productId, quantity: most } of open)
    for (let quantity = 1; quantity <= most; quantity++)
      if (paidFor(lines, [{ productId, quantity }], order) === amount) return [{ productId, quantity }];
  return [];
}

/** Returns the requested items as far as they have not shipped. Shipped items come back by post, and nothing is withheld. Pure. */
export function unshippedOf(lines: LineState[], requested: Items[]): Items[] {
  const open = new Map(openItems(lines).map(({ productId, quantity }) => [productId, quantity]));
  return requested
    .map(({ productId, quantity }) => ({ productId, quantity: Math.min(quantity, open.get(productId) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
}
