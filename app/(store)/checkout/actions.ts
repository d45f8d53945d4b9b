"use server";

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cartContents, writeCart } from "@/app/(store)/cart/cart";
import { addressOf, checked, text, withVisitor } from "@/app/form-action";
import { trackSession } from "@/app/visitor";
import { checkoutSchema, placeOrder } from "@/lib/checkout/place-order";

/** Places the order of the cart, with the same request as `POST /api/checkout`. The key prevents a second order on a double click. */
export const checkout = withVisitor(async (form) => {
  const { lines } = await cartContents();
  const request = checked(checkoutSchema, {
    items: lines.map(({ product, quantity }) => ({ productId: product.id, quantity })),
    email: text(form, "email") ?? "",
    name: text(form, "name"),
    phone: text(form, "phone"),
    shippingAddress: addressOf(form),
    paymentMethod: text(form, "paymentMethod"),
    couponCode: text(form, "couponCode"),
  });
  const user = await trackSession(await headers());
  const { answer } = await placeOrder(request, text(form, "key"), user?.id);
  await writeCart([]);
  redirect(answer.order.statusUrl);
});
