import { cookies } from "next/headers";
import { cache } from "react";
import { type CartItem, findCart, isCartId, totalsOf } from "@/lib/checkout/cart";
import { appEnv, retentionEnv } from "@/lib/env";
import type { Money } from "@/lib/money";

/** The cookie contains the id of a cart in the database. It needs neither an account nor JavaScript. */
const COOKIE = "steadfast_cart";

/** Returns the id of the visitor's cart, or undefined. */
export async function cartId(): Promise<string | undefined> {
  const id = (await cookies()).get(COOKIE)?.value;
  return id !== undefined && isCartId(id) ? id : undefined;
}

/** Stores the id of the visitor's cart. Next.js allows this only in a server action or a route. */
export async function rememberCart(id: string): Promise<void> {
  (await cookies()).set(COOKIE, id, {
    httpOnly: true,
    sameSite: "lax",
    path: "/",
    maxAge: retentionEnv().RETAIN_CART_DAYS * 24 * 3600,
    secure: appEnv().APP_URL.startsWith("https:"),
  });
}

export interface Cart {
  /** The lines that can be bought. */
  items: CartItem[];
  /** The lines whose product has been withdrawn. */
  withdrawn: CartItem[];
  /** The total of `items`; undefined if there are none, or if they have several currencies. */
  total?: Money;
  /** The totals in each currency. */
  totals: Money[];
  /** The cookie names no cart: it has expired, or the cookie was changed. */
  lost: boolean;
}

/** Returns the visitor's cart with current prices and stock. One query for each request. */
export const readCart = cache(async (): Promise<Cart> => {
  const present = (await cookies()).has(COOKIE);
  const id = await cartId();
  const found = id === undefined ? undefined : await findCart(id);
  const items = (found ?? []).filter(({ onSale }) => onSale);
  const withdrawn = (found ?? []).filter(({ onSale }) => !onSale);
  const totals = totalsOf(items);
  const [total] = totals.length === 1 ? totals : [];
  return { items, withdrawn, total, totals, lost: present && found === undefined };
});
