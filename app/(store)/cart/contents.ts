import type { ProductView } from "@/lib/catalogue/product-view";
import { findProductsById } from "@/lib/catalogue/products-by-id";
import type { Money } from "@/lib/money";
import { readCart } from "./cart";

export interface CartLine {
  product: ProductView;
  quantity: number;
  total: Money;
  /** True if less is available than requested. */
  insufficient: boolean;
}

/** Returns the cart with current prices and stock. Inactive products are left out. */
export async function cartContents(): Promise<{ lines: CartLine[]; total: Money | null }> {
  const cart = await readCart();
  const products = await findProductsById(cart.map((line) => line.productId));
  const lines = cart.flatMap(({ productId, quantity }): CartLine[] => {
    const product = products.get(productId);
    if (!product) return [];
    const total = { amount: product.price.amount * quantity, currency: product.price.currency };
    return [{ product, quantity, total, insufficient: product.available < quantity }];
  });
  const currency = lines[0]?.total.currency;
  return {
    lines,
    total: currency ? { amount: lines.reduce((sum, line) => sum + line.total.amount, 0), currency } : null,
  };
}
