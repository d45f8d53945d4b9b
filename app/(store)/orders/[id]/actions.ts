"use server";

import { redirect } from "next/navigation";
import { checked } from "@/app/form-action";
import { viewer } from "@/app/session";
import type { FormState } from "@/app/ui/action-form";
import { AppError } from "@/lib/errors";
import { cancelOrder } from "@/lib/orders/cancel-order";
import { correctionSchema, correctOrder } from "@/lib/orders/correct-order";
import { requireOrderAccess } from "@/lib/orders/order-access";
import { payAgain } from "@/lib/orders/pay-again";
import { payAgainSchema } from "@/lib/payments/payment-method";

const text = (form: FormData, name: string) => String(form.get(name) ?? "");

/** Returns the order that the form names, after a check that the token or the signed-in user has access to it. */
async function orderOf(form: FormData) {
  const [id, token] = [text(form, "id"), text(form, "token")];
  const by = await requireOrderAccess(id, token ? { token } : { viewer: await viewer() });
  return { id, by, page: `/orders/${id}?token=${token}` };
}

/** Cancels the order and shows it. If it cannot be cancelled any more, its status says why. */
export async function cancel(form: FormData): Promise<void> {
  const { id, by, page } = await orderOf(form);
  await ignoring(["order_not_cancellable"], () => cancelOrder(id, by));
  redirect(page);
}

const ADDRESS = ["line1", "line2", "city", "postalCode", "country"];

/** Corrects the filled-in fields, and shows the order under its link, which is a new one after a change of the email. */
export async function correct(_before: FormState, form: FormData): Promise<FormState> {
  const filled = (names: string[]) =>
    Object.fromEntries(names.flatMap((name) => (text(form, name).trim() ? [[name, text(form, name).trim()]] : [])));
  const address = filled(ADDRESS);
  const hasAddress = Object.keys(address).some((name) => name !== "country");
  const request = { ...filled(["email", "name", "phone"]), ...(hasAddress && { shippingAddress: address }) };
  let page: string;
  try {
    const { id, by } = await orderOf(form);
    const ownerId = by === "customer" && !text(form, "token") ? (await viewer())?.id : undefined;
    page = `/orders/${id}?token=${await correctOrder(id, checked(correctionSchema, request), ownerId)}`;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { message: error.message, errors: error.errors };
  }
  redirect(page);
}

export async function payOrderAgain(form: FormData): Promise<void> {
  const { id, page } = await orderOf(form);
  const { paymentMethod } = payAgainSchema.parse({ paymentMethod: text(form, "paymentMethod") });
  const ignored = await ignoring(["order_not_payable", "coupon_used"], () => payAgain(id, paymentMethod));
  redirect(ignored === "coupon_used" ? `${page}&notice=coupon_used` : page);
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
