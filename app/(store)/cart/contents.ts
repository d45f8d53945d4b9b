import type { ProductView } from "@/lib/catalogue/product-view";
import { findProductsById } from "@/lib/catalogue/products";
import type { Money } from "@/lib/money";
import { readCart } from "./cart";

export interface CartLine {
  product: ProductView;
  quantity: number;
  total: Money;
  /** There is not as much as is wanted. */
  short: boolean;
}

/** The cart with today's prices and stock; what is no longer on sale is left out. */
export async function cartContents(): Promise<{ lines: CartLine[]; total: Money | null }> {
  const cart = await readCart();
  const products = await findProductsById(cart.map((line) => line.productId));
  const lines = cart.flatMap(({ productId, quantity }): CartLine[] => {
    const product = products.get(productId);
    if (!product) return [];
    const total = { amount: product.price.amount * quantity, currency: product.price.currency };
    return [{ product, quantity, total, short: product.available < quantity }];
  });
  const currency = lines[0]?.total.currency;
  return {
    lines,
    total: currency ? { amount: lines.reduce((sum, line) => sum + line.total.amount, 0), currency } : null,
  };
}
