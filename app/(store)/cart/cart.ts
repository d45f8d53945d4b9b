import { cookies } from "next/headers";
import { z } from "zod";
import { findProductsById, type ProductView } from "@/lib/catalogue/products";
import type { Money } from "@/lib/money";
import { plainTextSchema } from "@/lib/text";

/** The cart is a cookie. It survives a reload and needs neither an account nor JavaScript. It contains no prices. */
const COOKIE = "steadfast_cart";
const cartSchema = z.array(z.object({ productId: plainTextSchema(100), quantity: z.int().min(1).max(1_000) })).max(100);

export type Cart = z.output<typeof cartSchema>;

export async function readCart(): Promise<Cart> {
  const raw = (await cookies()).get(COOKIE)?.value;
  if (!raw) return [];
  try {
    return cartSchema.parse(JSON.parse(raw));
  } catch {
    return []; // changed by hand, or by an older version
  }
}

/** Stores the cart. Next.js allows this only in a server action or a route. */
export async function writeCart(cart: Cart): Promise<void> {
  const jar = await cookies();
  if (cart.length === 0) jar.delete(COOKIE);
  else
    jar.set(COOKIE, JSON.stringify(cart), {
      httpOnly: true,
      sameSite: "lax",
      path: "/",
      maxAge: 30 * 24 * 3600,
      secure: process.env.APP_URL?.startsWith("https:") ?? false,
    });
}

/** Returns the cart with this quantity of a product. Zero removes the product. */
export function withQuantity(cart: Cart, productId: string, quantity: number): Cart {
  if (quantity < 1) return cart.filter((line) => line.productId !== productId);
  const changed = { productId, quantity: Math.min(quantity, 1_000) };
  const known = cart.some((line) => line.productId === productId);
  return known ? cart.map((line) => (line.productId === productId ? changed : line)) : [...cart, changed];
}

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
