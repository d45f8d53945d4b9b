"use server";

import { isDeepStrictEqual } from "node:util";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { z } from "zod";
import { cartId, rememberCart } from "@/app/(store)/cart/cart";
import { addressOf, checked, idOf, shownOf, text, withVisitor } from "@/app/form-action";
import { orNotFound } from "@/app/page-props";
import { viewer } from "@/app/session";
import { CHALLENGE_FIELD } from "@/lib/challenge";
import { addToCart } from "@/lib/checkout/cart";
import { identifyClient } from "@/lib/client-limits";
import { AppError } from "@/lib/errors";
import { cancelOrder } from "@/lib/orders/change-order";
import { correctionSchema, correctOrder } from "@/lib/orders/correct-order";
import { payAgain } from "@/lib/orders/pay-again";
import { requireOrderAccess, viewOrder } from "@/lib/orders/view-order";
import { payAgainSchema } from "@/lib/payments/payment-policy";

/** Returns the order that the form names, after a check that the token or the signed-in user has access to it. */
async function orderOf(form: FormData) {
  const [id, token = ""] = [idOf(form), text(form, "token")];
  const by = await requireOrderAccess(id, token ? { token } : { viewer: await viewer() });
  return { id, by, page: `/orders/${id}?token=${token}` };
}

/** These forms show no message. Without access to the order, they lead to the page "not found", as the order's page does. */
const orderOrNotFound = (form: FormData) => orNotFound(orderOf(form));

/** Cancels the order and shows it. If it cannot be cancelled any more, its status says why. */
export async function cancel(form: FormData): Promise<void> {
  const { id, by, page } = await orderOrNotFound(form);
  await ignoring(["order_not_cancellable"], () => cancelOrder(id, by));
  redirect(page);
}

const shownAddress = z.record(z.string(), z.unknown());

/**
 * Corrects the fields that are filled in, and the address if it differs from what the form has shown. Shows the order under its link,
 * which is a new one after a change of the email.
 */
export const correct = withVisitor(async (form) => {
  const { country, ...typed } = addressOf(form);
  const isEdited = !isDeepStrictEqual({ ...typed, country }, shownOf(form, shownAddress));
  const shippingAddress = isEdited && Object.keys(typed).length > 0 ? { ...typed, country } : undefined;
  const fields = { email: text(form, "email"), name: text(form, "name"), phone: text(form, "phone"), shippingAddress };
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const { id, by } = await orderOf(form);
  const ownerId = by === "customer" && !text(form, "token") ? (await viewer())?.id : undefined;
  redirect(`/orders/${id}?token=${await correctOrder(id, checked(correctionSchema, given), ownerId)}`);
});

/** Adds the items of the order to the cart, and shows the cart. It says how many items could not be added. */
export async function buyAgain(form: FormData): Promise<void> {
  const [id, token = ""] = [idOf(form), text(form, "token")];
  const { items } = await orNotFound(viewOrder(id, token ? { token } : { viewer: await viewer() }));
  let missing = 0;
  let cart = await cartId();
  for (const { productId, quantity } of items) {
    const added = await addToCart(cart, { productId, quantity }).catch((error) => {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      missing++;
    });
    cart = added ?? cart;
  }
  if (cart) await rememberCart(cart);
  redirect(missing > 0 ? `/cart?missing=${missing}` : "/cart");
}

/** The refusals of a payment that the page explains. */
const NOTICES = ["coupon_used", "challenge_required", "too_many_failures"];

export async function payOrderAgain(form: FormData): Promise<void> {
  const { id, page } = await orderOrNotFound(form);
  const paid = payAgainSchema.safeParse({ paymentMethod: form.get("paymentMethod") });
  // The page has only valid choices.
  if (!paid.success) redirect(page);
  const client = await identifyClient(await headers(), text(form, CHALLENGE_FIELD) ?? null);
  const ignored = await ignoring(["order_not_payable", ...NOTICES], () => payAgain(id, paid.data, client));
  redirect(NOTICES.some((notice) => notice === ignored) ? `${page}&notice=${ignored}` : page);
}

/**
 * Runs `work` and ignores errors with one of these codes: after a second click, or a change of the order meanwhile, the page
 * shows the current status. Returns the code of the ignored error.
 */
async function ignoring(codes: string[], work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError) || !codes.includes(error.code)) throw error;
    return error.code;
  }
}
