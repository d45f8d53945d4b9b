"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { plainTextSchema } from "@/lib/text";
import { readCart, withQuantity, writeCart } from "./cart";

const formSchema = z.object({
  productId: plainTextSchema(100),
  quantity: z.coerce.number().int().min(0).max(1_000),
});

/** Adds a quantity of a product to the cart, and redirects to the cart. */
export async function addToCart(form: FormData): Promise<void> {
  const { productId, quantity } = formSchema.parse(Object.fromEntries(form));
  const cart = await readCart();
  const before = cart.find((line) => line.productId === productId)?.quantity ?? 0;
  await writeCart(withQuantity(cart, productId, before + quantity));
  redirect("/cart");
}

/** Sets the quantity of a product in the cart. Zero removes the product. */
export async function changeCart(form: FormData): Promise<void> {
  const { productId, quantity } = formSchema.parse(Object.fromEntries(form));
  await writeCart(withQuantity(await readCart(), productId, quantity));
  redirect("/cart");
}
