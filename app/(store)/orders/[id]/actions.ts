"use server";

import { redirect } from "next/navigation";
import { viewer } from "@/app/session";
import { AppError } from "@/lib/errors";
import { cancelOrder } from "@/lib/orders/cancel-order";
import { requireOrderAccess } from "@/lib/orders/order-access";
import { payAgain } from "@/lib/orders/pay-again";
import { payAgainSchema } from "@/lib/payments/payment-method";

const keyOf = async (token: string) => (token ? { token } : { viewer: await viewer() });
const text = (form: FormData, name: string) => String(form.get(name) ?? "");

/** Cancels, and shows the order as it is then; what cannot be cancelled any more says so by its status. */
export async function cancel(form: FormData): Promise<void> {
  const [id, token] = [text(form, "id"), text(form, "token")];
  const by = await requireOrderAccess(id, await keyOf(token));
  await tolerating("order_not_cancellable", () => cancelOrder(id, by));
  redirect(`/orders/${id}?token=${token}`);
}

export async function tryAgain(form: FormData): Promise<void> {
  const [id, token] = [text(form, "id"), text(form, "token")];
  await requireOrderAccess(id, await keyOf(token));
  const { paymentMethod } = payAgainSchema.parse({ paymentMethod: text(form, "paymentMethod") });
  const refused = await tolerating("order_not_payable", () => payAgain(id, paymentMethod), "coupon_used");
  redirect(`/orders/${id}?token=${token}${refused === "coupon_used" ? "&notice=coupon_used" : ""}`);
}

/**
 * Somebody was quicker (a second click, the order's own progress): the page shows what came of it. Returns the code of what
 * was tolerated, if anything was.
 */
async function tolerating(code: string, work: () => Promise<void>, ...more: string[]): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError) || ![code, ...more].includes(error.code)) throw error;
    return error.code;
  }
}
