"use server";

import { revalidatePath } from "next/cache";
import { act, amount, checked, number, text } from "@/app/console/with-operator";
import type { FormState } from "@/app/ui/action-form";
import { changeProduct, createProduct, newProductSchema, productChangeSchema } from "@/lib/catalogue/manage-products";
import { adjustStock, stockSchema } from "@/lib/inventory/adjust-stock";

function priceOf(form: FormData) {
  const currency = text(form, "currency") ?? "";
  return { amount: amount(form, currency), currency };
}

export async function create(_before: FormState, form: FormData): Promise<FormState> {
  return act(async ({ id: by }) => {
    const request = {
      sku: form.get("sku"),
      name: form.get("name"),
      description: text(form, "description") ?? "",
      price: priceOf(form),
      stock: number(form, "stock") ?? 0,
    };
    const product = await createProduct(checked(newProductSchema, request), by);
    revalidatePath("/console/products");
    return { good: true, message: `${product.name} added.` };
  });
}

export async function change(_before: FormState, form: FormData): Promise<FormState> {
  return act(async () => {
    const request = {
      name: form.get("name"),
      description: text(form, "description") ?? "",
      price: priceOf(form),
      active: form.get("active") === "on",
    };
    const product = await changeProduct(text(form, "id") ?? "", checked(productChangeSchema, request));
    revalidatePath("/console/products");
    return { good: true, message: `${product.name} saved.` };
  });
}

export async function move(_before: FormState, form: FormData): Promise<FormState> {
  return act(async ({ id: by }) => {
    const request = checked(stockSchema, { delta: number(form, "delta"), reason: form.get("reason") });
    await adjustStock(text(form, "id") ?? "", request, { by, key: text(form, "key") });
    revalidatePath("/console/products");
    return { good: true, message: "Stock adjusted." };
  });
}
