import { z } from "zod";
import { now } from "../clock";
import { db, transaction } from "../db";
import { invalid } from "../errors";
import { newToken } from "../ids";
import type { Money } from "../money";
import { plainTextSchema } from "../text";

/** The most units of one product, and the most products, of an order. */
export const MAX_QUANTITY = 1_000;
export const MAX_ITEMS = 100;

const productId = plainTextSchema(100);
/** A typed quantity. An empty field is an error: it does not mean zero. */
const typed = z
  .string()
  .trim()
  .regex(/^\d{1,9}$/, "must be a whole number")
  .transform(Number);
const most = (schema: typeof typed) =>
  schema.refine((quantity) => quantity <= MAX_QUANTITY, `must be at most ${MAX_QUANTITY}`);

export const addToCartSchema = z.object({
  productId,
  quantity: most(typed).refine((quantity) => quantity >= 1, "must be at least 1"),
});
export const changeCartSchema = z.object({ productId, quantity: most(typed) });

/** A line of a cart. */
export interface CartItem {
  productId: string;
  sku: string;
  name: string;
  quantity: number;
  price: Money;
  total: Money;
  available: number;
  /** False if the product has been withdrawn. */
  onSale: boolean;
}

/** Returns whether the text can be the id of a cart. */
export const isCartId = (id: string): boolean => /^[\w-]{32}$/.test(id);

/** Returns the lines of a cart at current prices, in the order in which they were added; undefined if there is no such cart. */
export async function findCart(id: string): Promise<CartItem[] | undefined> {
  const cart = await db().cart.findUnique({
    where: { id },
    select: {
      items: {
        orderBy: [{ addedAt: "asc" }, { productId: "asc" }],
        select: { quantity: true, product: { include: { inventory: { select: { available: true } } } } },
      },
    },
  });
  return cart?.items.map(({ quantity, product }) => {
    const { id: productId, sku, name, priceAmount: amount, currency, active: onSale, inventory } = product;
    const total = { amount: amount * quantity, currency };
    const available = inventory?.available ?? 0;
    return { productId, sku, name, quantity, price: { amount, currency }, total, available, onSale };
  });
}

/** Returns the total of the lines in each of their currencies. Amounts of two currencies are never added up. */
export function totalsOf(items: CartItem[]): Money[] {
  const totals = new Map<string, number>();
  for (const { total } of items) totals.set(total.currency, (totals.get(total.currency) ?? 0) + total.amount);
  return [...totals].map(([currency, amount]) => ({ amount, currency }));
}

/**
 * Adds units of a product to a cart, and returns the cart's id. Without a known id it is a new cart: a visitor cannot choose one.
 * Two concurrent calls both count.
 * @throws AppError `validation_failed` (422) naming `productId` or `quantity`
 */
export async function addToCart(
  id: string | undefined,
  { productId, quantity }: z.output<typeof addToCartSchema>,
): Promise<string> {
  const at = now();
  return transaction(async (tx) => {
    const product = await tx.product.findUnique({ where: { id: productId, active: true }, select: { id: true } });
    if (!product) throw wrong("productId", "is not a product on sale");
    // The lock on the cart's row makes concurrent calls wait for each other.
    const known = id !== undefined && (await tx.cart.updateMany({ where: { id }, data: { updatedAt: at } })).count > 0;
    const cartId = known ? id : newToken();
    if (!known) await tx.cart.create({ data: { id: cartId, updatedAt: at } });
    const items = await tx.cartItem.findMany({ where: { cartId }, select: { productId: true, quantity: true } });
    const before = items.find((item) => item.productId === productId);
    if (!before && items.length >= MAX_ITEMS)
      throw wrong("productId", `does not fit: an order has at most ${MAX_ITEMS} different products`);
    const total = (before?.quantity ?? 0) + quantity;
    if (total > MAX_QUANTITY) throw wrong("quantity", `would be ${total} in your cart, at most ${MAX_QUANTITY} fit`);
    await tx.cartItem.upsert({
      where: { cartId_productId: { cartId, productId } },
      create: { cartId, productId, quantity, addedAt: at },
      update: { quantity: total },
    });
    return cartId;
  });
}

const wrong = (path: string, message: string) => invalid("The cart was not changed.", [{ path, message }]);

/** Sets the quantity of a product that is in the cart. Zero removes it. */
export async function changeCart(
  cartId: string,
  { productId, quantity }: z.output<typeof changeCartSchema>,
): Promise<void> {
  const where = { cartId, productId };
  if (quantity === 0) await db().cartItem.deleteMany({ where });
  else await db().cartItem.updateMany({ where, data: { quantity } });
  await db().cart.updateMany({ where: { id: cartId }, data: { updatedAt: now() } });
}

/** Removes the lines of an order that was placed. Lines that were added or raised meanwhile stay. */
export async function removeBought(cartId: string, items: { productId: string; quantity: number }[]): Promise<void> {
  await db().cartItem.deleteMany({
    where: { cartId, OR: items.map(({ productId, quantity }) => ({ productId, quantity: { lte: quantity } })) },
  });
}
