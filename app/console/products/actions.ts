"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { amountOf, checked, idOf, number, saved, shownOf, text, withOperator } from "@/app/form-action";
import { editProduct } from "@/lib/catalogue/edit-product";
import {
  changeProduct,
  createProduct,
  managedProductSchema,
  newProductSchema,
  productChangeSchema,
} from "@/lib/catalogue/manage-products";
import { adjustStock, adjustStockWithin, stockSchema } from "@/lib/inventory/adjust-stock";

/** What a form has shown. A stored value may be older than the rules of `productChangeSchema`. */
const shownSchema = managedProductSchema
  .pick({ name: true, description: true, price: true, lowStock: true })
  .extend({ available: z.int() })
  .partial();

const priceOf = (form: FormData) => amountOf(form, "price.amount");

function detailsOf(form: FormData) {
  return { name: form.get("name"), description: text(form, "description") ?? "", price: priceOf(form) };
}

const productSaved = (form: FormData, message: string) => saved(`/console/products/${idOf(form)}`, message);

export const create = withOperator(async (form, { id: by }) => {
  const request = { ...detailsOf(form), sku: form.get("sku"), stock: number(form, "stock") ?? 0 };
  const { answer } = await createProduct(checked(newProductSchema, request), { by });
  redirect(`/console/products/${answer.id}`);
});

export const change = withOperator(async (form) => {
  const request = { ...detailsOf(form), lowStock: number(form, "lowStock") ?? null };
  const { name } = await editProduct(
    idOf(form),
    checked(productChangeSchema, request),
    shownOf(form, shownSchema) ?? {},
  );
  return productSaved(form, `${name} saved.`);
});

/** The price and the stock of a row of the list. The stock changes by the difference, so a sale meanwhile is not undone. */
export const changeRow = withOperator(async (form, { id: by }) => {
  const { price } = checked(productChangeSchema, { price: priceOf(form) });
  const { available, ...shown } = shownOf(form, shownSchema) ?? {};
  const typed = number(form, "available");
  const delta = available === undefined || typed === undefined ? 0 : typed - available;
  const adjustment =
    delta === 0 ? undefined : checked(stockSchema, { delta, reason: "Changed in the list of products" });
  const sender = { by, key: text(form, "key") };
  const { name } = await editProduct(
    idOf(form),
    { price },
    shown,
    adjustment && ((tx) => adjustStockWithin(tx, idOf(form), adjustment, sender)),
  );
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
