"use server";

import { amountOf, checked, idOf, number, saved, text, withOperator } from "@/app/form-action";
import { changeProduct, createProduct, newProductSchema, productChangeSchema } from "@/lib/catalogue/manage-products";
import { adjustStock, stockSchema } from "@/lib/inventory/adjust-stock";

function detailsOf(form: FormData) {
  return { name: form.get("name"), description: text(form, "description") ?? "", price: amountOf(form) };
}

export const create = withOperator(async (form, { id: by }) => {
  const request = { ...detailsOf(form), sku: form.get("sku"), stock: number(form, "stock") ?? 0 };
  const { name } = await createProduct(checked(newProductSchema, request), by);
  return saved("/console/products", `${name} added.`);
});

export const change = withOperator(async (form) => {
  const request = { ...detailsOf(form), active: form.get("active") === "on" };
  const { name } = await changeProduct(idOf(form), checked(productChangeSchema, request));
  return saved("/console/products", `${name} saved.`);
});

export const adjust = withOperator(async (form, { id: by }) => {
  const request = checked(stockSchema, { delta: number(form, "delta"), reason: form.get("reason") });
  await adjustStock(idOf(form), request, { by, key: text(form, "key") });
  return saved("/console/products", "Stock adjusted.");
});
