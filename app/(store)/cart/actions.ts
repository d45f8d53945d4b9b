"use server";

import { redirect } from "next/navigation";
import { checked, withVisitor } from "@/app/form-action";
import { addToCart, addToCartSchema, changeCart, changeCartSchema } from "@/lib/checkout/cart";
import { cartId, rememberCart } from "./cart";

/** Adds a quantity of a product to the cart, and redirects to the cart. */
export const add = withVisitor(async (form) => {
  const item = checked(addToCartSchema, Object.fromEntries(form));
  await rememberCart(await addToCart(await cartId(), item));
  redirect("/cart");
});

/** Sets the quantity of a product in the cart. Zero removes the product. */
export const change = withVisitor(async (form) => {
  const item = checked(changeCartSchema, Object.fromEntries(form));
  const id = await cartId();
  if (id) await changeCart(id, item);
  redirect("/cart");
});
