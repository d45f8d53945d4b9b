import { cookies } from "next/headers";
import { z } from "zod";

/** The cart lives in a cookie: it survives a reload, needs no account and works without JavaScript. Prices are not in it. */
const NAME = "steadfast_cart";
const cartSchema = z.array(z.object({ productId: z.string().max(100), quantity: z.int().min(1).max(1_000) })).max(100);

export type Cart = z.output<typeof cartSchema>;

export async function readCart(): Promise<Cart> {
  const raw = (await cookies()).get(NAME)?.value;
  if (!raw) return [];
  try {
    return cartSchema.parse(JSON.parse(raw));
  } catch {
    return []; // written by someone else, or by an older version
  }
}

/** Only within a server action or a route. */
export async function writeCart(cart: Cart): Promise<void> {
  const jar = await cookies();
  if (cart.length === 0) jar.delete(NAME);
  else
    jar.set(NAME, JSON.stringify(cart), {
      httpOnly: true,
      sameSite: "lax",
      path: "/",
      maxAge: 30 * 24 * 3600,
      secure: process.env.APP_URL?.startsWith("https:") ?? false,
    });
}

/** Sets how many of a product are in the cart; none takes it out. */
export function withQuantity(cart: Cart, productId: string, quantity: number): Cart {
  const others = cart.filter((line) => line.productId !== productId);
  const kept = cart.some((line) => line.productId === productId);
  if (quantity < 1) return others;
  const line = { productId, quantity: Math.min(quantity, 1_000) };
  return kept ? cart.map((one) => (one.productId === productId ? line : one)) : [...others, line];
}
