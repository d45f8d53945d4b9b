"use server";

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cartContents, writeCart } from "@/app/(store)/cart/cart";
import { fieldErrors } from "@/app/field-errors";
import { trackSession } from "@/app/session-activity";
import { checkoutSchema, placeOrder } from "@/lib/checkout/place-order";
import { AppError } from "@/lib/errors";

export interface CheckoutState {
  /** Never set, because a success redirects to the order. */
  good?: boolean;
  /** The error of the whole form. */
  message?: string;
  /** The error of each field, by its name in the form. */
  errors: Record<string, string>;
  /** The typed values, to show them again. */
  values: Record<string, string>;
}

const ADDRESS = ["line1", "line2", "city", "postalCode", "country"] as const;

/** Places the order of the cart, with the same request as `POST /api/checkout`. The key prevents a second order on a double click. */
export async function checkout(_before: CheckoutState, form: FormData): Promise<CheckoutState> {
  const values = Object.fromEntries([...form].map(([name, value]) => [name, String(value)]));
  const { lines } = await cartContents();
  const filled = (name: string) => values[name]?.trim() || undefined;
  const parsed = checkoutSchema.safeParse({
    items: lines.map(({ product, quantity }) => ({ productId: product.id, quantity })),
    email: filled("email") ?? "",
    name: filled("name"),
    phone: filled("phone"),
    shippingAddress: Object.fromEntries(ADDRESS.flatMap((name) => (filled(name) ? [[name, filled(name)]] : []))),
    paymentMethod: filled("paymentMethod"),
    couponCode: filled("couponCode"),
  });
  if (!parsed.success) return rejected("Please check the marked fields.", fieldErrors(parsed.error), values);
  let statusUrl: string;
  try {
    const user = await trackSession(await headers());
    const { answer } = await placeOrder(parsed.data, filled("key"), user?.id);
    statusUrl = answer.order.statusUrl;
    await writeCart([]);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return rejected(error.message, error.errors, values);
  }
  redirect(statusUrl);
}

function rejected(
  message: string,
  errors: { path: string; message: string }[],
  values: Record<string, string>,
): CheckoutState {
  const byField = errors.map(({ path, message: error }) => [
    path.startsWith("items") ? "cart" : (path.split(".").at(-1) ?? path),
    error,
  ]);
  return { message, errors: Object.fromEntries(byField), values };
}
