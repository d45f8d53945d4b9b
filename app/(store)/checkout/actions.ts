"use server";

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { writeCart } from "@/app/(store)/cart/cart";
import { cartContents } from "@/app/(store)/cart/contents";
import { fieldErrors } from "@/app/field-errors";
import { visitor } from "@/app/visit";
import { placeOrder } from "@/lib/checkout/place-order";
import { checkoutSchema } from "@/lib/checkout/request";
import { AppError } from "@/lib/errors";

export interface CheckoutState {
  /** Never: what goes well leads to the order. */
  good?: boolean;
  /** What is wrong on the whole. */
  message?: string;
  /** What is wrong with each field, by its name in the form. */
  errors: Record<string, string>;
  /** What was typed, to be shown again. */
  values: Record<string, string>;
}

const ADDRESS = ["line1", "line2", "city", "postalCode", "country"] as const;

/** The checkout of the page: the same request as `POST /api/checkout`, made from a form. The key makes a double click one order. */
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
  if (!parsed.success) return refused("Please check the marked fields.", fieldErrors(parsed.error), values);
  let statusUrl: string;
  try {
    const user = await visitor(await headers());
    const { answer } = await placeOrder(parsed.data, filled("key"), user?.id);
    statusUrl = answer.order.statusUrl;
    await writeCart([]);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return refused(error.message, error.errors, values);
  }
  redirect(statusUrl);
}

function refused(
  message: string,
  errors: { path: string; message: string }[],
  values: Record<string, string>,
): CheckoutState {
  const byField = errors.map(({ path, message: what }) => [
    path.startsWith("items") ? "cart" : (path.split(".").at(-1) ?? path),
    what,
  ]);
  return { message, errors: Object.fromEntries(byField), values };
}
