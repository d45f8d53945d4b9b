"use server";

import { redirect } from "next/navigation";
import { amountOf, checked, idOf, number, saved, text, withOperator } from "@/app/form-action";
import { changeProduct, createProduct, newProductSchema, productChangeSchema } from "@/lib/catalogue/manage-products";
import { adjustStock, stockSchema } from "@/lib/inventory/adjust-stock";

const priceOf = (form: FormData) => amountOf(form, "price.amount");

function detailsOf(form: FormData) {
  return { name: form.get("name"), description: text(form, "description") ?? "", price: priceOf(form) };
}

const productSaved = (form: FormData, message: string) => saved(`/console/products/${idOf(form)}`, message);

export const create = withOperator(async (form, { id: by }) => {
  const request = { ...detailsOf(form), sku: form.get("sku"), stock: number(form, "stock") ?? 0 };
  const { id } = await createProduct(checked(newProductSchema, request), by);
  redirect(`/console/products/${id}`);
});

export const change = withOperator(async (form) => {
  const request = { ...detailsOf(form), lowStock: number(form, "lowStock") ?? null };
  const { name } = await changeProduct(idOf(form), checked(productChangeSchema, request));
  return productSaved(form, `${name} saved.`);
});

/** The price and the stock of a row of the list. The stock changes by the difference, so a sale meanwhile is not undone. */
export const changeRow = withOperator(async (form, { id: by }) => {
  const { price } = checked(productChangeSchema, { price: priceOf(form) });
  const [shown, typed] = [number(form, "shown"), number(form, "available")];
  const delta = shown === undefined || typed === undefined ? 0 : typed - shown;
  if (delta !== 0)
    await adjustStock(idOf(form), checked(stockSchema, { delta, reason: "Changed in the list of products" }), {
      by,
      key: text(form, "key"),
    });
  const { name } = await changeProduct(idOf(form), { price });
  return saved("/console/products", `${name} saved.`);
});

export const setActive = withOperator(async (form) => {
  const active = form.get("active") === "true";
  const { name } = await changeProduct(idOf(form), { active });
  return productSaved(form, active ? `${name} is on sale again.` : `${name} is archived.`);
});

export const adjust = withOperator(async (form, { id: by }) => {
  const request = checked(stockSchema, { delta: number(form, "delta"), reason: form.get("reason") });
  await adjustStock(idOf(form), request, { by, key: text(form, "key") });
  return productSaved(form, "Stock adjusted.");
});
