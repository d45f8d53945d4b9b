import { lockCoupon } from "../coupons/redeem-coupon";
import type { Tx } from "../db";
import { AppError, conflict, type FieldError, invalid } from "../errors";
import { formatMoney, type Money, maximumCharge, minimumCharge } from "../money";
import type { Quote } from "../view-schemas";
import type { CheckoutRequest } from "./place-order";

export type PricedCart = Awaited<ReturnType<typeof priceCart>>;

/**
 * Returns the cart at the server's prices, less the coupon's discount. At most two statements.
 * @throws AppError `total_changed` (409) with the new items and total if the customer expects another total; others as `placeOrder`
 */
export async function priceCart(tx: Tx, request: CheckoutRequest) {
  const { email, couponCode, expectedTotal, paymentMethod } = request;
  const { cart, unknown, withdrawn } = await readProducts(tx, request.items);
  if (unknown.length > 0) throw invalid("The cart contains a product that is not on sale.", unknown);
  if (withdrawn.length > 0 && (!expectedTotal || cart.length === 0))
    throw invalid("The cart contains a product that is not on sale.", withdrawn);
  const currency = commonCurrency(cart);
  if (withdrawn.length === 0) refuseMissingStock(cart);

  const lines = linesOf(cart);
  const subtotal = { amount: lines.reduce((sum, line) => sum + line.unit_amount * line.quantity, 0), currency };
  if (subtotal.amount > maximumCharge(currency))
    throw invalid("The order is too large for one payment.", [
      { path: "items", message: `add up to more than ${maximumCharge(currency)} minor units` },
    ]);
  const discount = couponCode === undefined ? undefined : await lockCoupon(tx, couponCode, email, subtotal);
  const priced = { lines, discount, total: { amount: subtotal.amount - (discount?.amount ?? 0), currency } };
  const { total } = priced;
  if (expectedTotal && (withdrawn.length > 0 || !isSame(expectedTotal, total)))
    throw totalChanged(toQuote(priced), withdrawn);
  if (total.amount > 0 && total.amount < minimumCharge(currency))
    throw invalid("The order is too small for a payment.", [
      { path: "items", message: `add up to less than ${formatMoney({ amount: minimumCharge(currency), currency })}` },
    ]);
  if (total.amount > 0 && paymentMethod === undefined)
    throw invalid("The request is not valid.", [{ path: "paymentMethod", message: "is missing" }]);
  return priced;
}

/** Returns the lines of an order at the server's prices. Pure. */
export const linesOf = (cart: Cart) =>
  cart.map(({ product: { id, sku, name, priceAmount }, quantity }, index) => {
    return { position: index + 1, product_id: id, sku, name, unit_amount: priceAmount, quantity };
  });

const isSame = (a: Money, b: Money) => a.amount === b.amount && a.currency === b.currency;

/** The customer agreed to another price. Nothing is charged until they agree to the new one. */
const totalChanged = (quote: Quote, errors: FieldError[] = []) =>
  new AppError("total_changed", 409, `The total has changed. It is now ${formatMoney(quote.total)}.`, {
    errors,
    details: { ...quote },
  });

/** Returns the price of a cart as the customer sees it. */
export function toQuote({ lines, discount, total }: PricedCart): Quote {
  const money = (amount: number): Money => ({ amount, currency: total.currency });
  return {
    items: lines.map(({ product_id: productId, sku, name, unit_amount: unit, quantity }) => ({
      ...{ productId, sku, name, quantity, unitPrice: money(unit), total: money(unit * quantity) },
    })),
    total: money(total.amount),
    ...(discount && { discount: { code: discount.code, amount: money(discount.amount) } }),
  };
}

/** Returns the items that are on sale with their products, and an error for each that does not exist or is not on sale any more. */
export async function readProducts(tx: Tx, items: CheckoutRequest["items"]) {
  const products = await tx.product.findMany({
    where: { id: { in: items.map(({ productId }) => productId) } },
    include: { inventory: true },
  });
  const productOf = new Map(products.map((product) => [product.id, product]));
  const message = "is not a product on sale";
  const unknown = errorsIn(items, "productId", ({ productId }) => !productOf.has(productId) && message);
  const withdrawn = errorsIn(
    items,
    "productId",
    ({ productId }) => productOf.get(productId)?.active === false && message,
  );
  const cart = items.flatMap(({ productId, quantity }) => {
    const product = productOf.get(productId);
    return product?.active ? [{ product, quantity }] : [];
  });
  return { cart, unknown, withdrawn };
}

type Cart = Awaited<ReturnType<typeof readProducts>>["cart"];

function commonCurrency(cart: Cart): string {
  const currency = cart[0]?.product.currency ?? "";
  const mixed = errorsIn(
    cart,
    "productId",
    ({ product }) => product.currency !== currency && `is priced in ${product.currency}`,
  );
  if (mixed.length > 0) throw invalid("All items of an order must have the same currency.", mixed);
  return currency;
}

function refuseMissingStock(cart: Cart): void {
  const missing = errorsIn(cart, "quantity", ({ product, quantity }) => {
    const available = product.inventory?.available ?? 0;
    return available < quantity && `only ${available} available`;
  });
  if (missing.length > 0) throw conflict("insufficient_stock", "There is not enough in stock.", missing);
}

/** Returns the error of each item of the cart for which `check` returns a message. */
function errorsIn<T>(items: T[], field: string, check: (item: T) => string | false): FieldError[] {
  return items.flatMap((item, index) => {
    const message = check(item);
    return message ? [{ path: `items.${index}.${field}`, message }] : [];
  });
}
