"use server";

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cartId, readCart } from "@/app/(store)/cart/cart";
import { addressOf, checked, shownOf, text, withVisitor } from "@/app/form-action";
import type { FormState } from "@/app/ui/form-state";
import { trackSession } from "@/app/visitor";
import { CHALLENGE_FIELD, challengeSiteKey } from "@/lib/challenge";
import { removeBought } from "@/lib/checkout/cart";
import {
  type Buyer,
  type CheckoutRequest,
  checkoutSchema,
  type PlacedOrder,
  placedBefore,
  placeOrder,
  quoteOrder,
} from "@/lib/checkout/place-order";
import { couponQuoteSchema, quoteCoupon } from "@/lib/checkout/quote-coupon";
import { identifyClient } from "@/lib/client-limits";
import { AppError, invalid } from "@/lib/errors";
import { sameItems } from "@/lib/order-state/open-lines";
import { openOrderSchema, type Quote, quoteSchema } from "@/lib/view-schemas";

export interface CheckoutState extends FormState {
  /** What the customer had seen, and the price now. Nothing was ordered: the customer is asked again. */
  changed?: { before?: Quote; now: Quote };
  /** The price with the coupon that the customer has applied. */
  applied?: Quote;
  /** The customer's own open order that holds the coupon or the stock. */
  openOrder?: { number: string; statusUrl: string };
  /** The site key of the challenge that the customer must solve first. */
  siteKey?: string;
}

/**
 * Places the order of the cart at the price that the page showed, with the same request as `POST /api/checkout`. If the cart or the
 * price differs from what it showed, nothing is ordered, and the page asks again. The key prevents a second order on a double click.
 */
export const checkout = withVisitor<CheckoutState>(async (form) => {
  // What the page showed when the customer pressed the button. A form without it is asked again.
  const shown = shownOf(form, quoteSchema);
  const cart = (await readCart()).items.map(({ productId, quantity }) => ({ productId, quantity }));
  if (text(form, "intent") === "apply") return applyCoupon(form, cart);
  const bought = shown?.items.map(({ productId, quantity }) => ({ productId, quantity })) ?? cart;
  const request = checked(checkoutSchema, {
    items: bought,
    email: text(form, "email") ?? "",
    name: text(form, "name"),
    phone: text(form, "phone"),
    shippingAddress: addressOf(form),
    paymentMethod: text(form, "paymentMethod"),
    couponCode: text(form, "couponCode"),
    expectedTotal: shown?.total,
  });
  const key = text(form, "key");
  const sent = await headers();
  const buyer: Buyer = { userId: (await trackSession(sent))?.id, cartId: await cartId() };
  if (!shown || !sameItems(bought, cart)) {
    // A second click arrives when the first has emptied the cart.
    const placed = key && (await placedBefore(request, key, buyer));
    if (placed) redirect(placed.order.statusUrl);
    if (cart.length === 0) throw invalid("Your cart is empty.");
    return { changed: { before: shown, now: await quoteOrder({ ...request, items: cart }) } };
  }
  const client = await identifyClient(sent, text(form, CHALLENGE_FIELD) ?? null);
  const result = await place(request, shown, key, { ...buyer, client });
  if (!("order" in result)) return result;
  if (buyer.cartId) await removeBought(buyer.cartId, bought);
  redirect(result.order.statusUrl);
});

/** Shows the price with the typed coupon. Nothing is ordered. */
async function applyCoupon(form: FormData, items: { productId: string; quantity: number }[]): Promise<CheckoutState> {
  const typed = { items, email: text(form, "email"), couponCode: text(form, "couponCode") };
  const client = await identifyClient(await headers(), text(form, CHALLENGE_FIELD) ?? null);
  try {
    return { applied: await quoteCoupon(checked(couponQuoteSchema, typed), client) };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "challenge_required") throw error;
    return { message: error.message, siteKey: challengeSiteKey() };
  }
}

async function place(
  request: CheckoutRequest,
  shown: Quote,
  key: string | undefined,
  buyer: Buyer,
): Promise<PlacedOrder | CheckoutState> {
  try {
    return (await placeOrder(request, key, buyer)).answer;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message, errors, details } = error;
    if (code === "total_changed") return { changed: { before: shown, now: quoteSchema.parse(details) } };
    const openOrder = openOrderSchema.safeParse(details.order).data;
    if (openOrder) return { message, errors, openOrder };
    if (code === "challenge_required") return { message, siteKey: challengeSiteKey() };
    throw error;
  }
}
