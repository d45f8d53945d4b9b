"use server";

import { z } from "zod";
import { checked, number, text, withOperator } from "@/app/form-action";
import type { BulkState } from "@/app/ui/bulk-state";
import { selectedIds } from "@/app/ui/selection";
import { forEachSelected } from "@/lib/bulk";
import { changePrice, priceChangeSchema } from "@/lib/catalogue/change-price";
import { changeProduct, productChangeSchema, productNames } from "@/lib/catalogue/manage-products";
import { invalid } from "@/lib/errors";
import { bulkState } from "../bulk-state";

const DONE = {
  activate: "put on sale",
  archive: "archived",
  price: "changed",
  lowStock: "changed",
} as const;
const actionSchema = z.enum(["activate", "archive", "price", "lowStock"]);

/** Changes the selected products. The names of the buttons are the actions. */
export const changeSelected = withOperator<BulkState>(async (form, { id: by }) => {
  const ids = selectedIds(form);
  const action = checked(actionSchema, form.get("action"));
  if (ids.length === 0) throw invalid("Select at least one product.");
  const names = await productNames(ids);
  const result = await forEachSelected(ids, changeOf(action, form, by));
  return bulkState(result, {
    noun: ["product", "products"],
    verb: DONE[action],
    path: "/console/products",
    labelOf: (id) => names.get(id) ?? id,
  });
});

/** Returns what an action does with each product. @throws AppError `validation_failed` (422) for a wrong field */
function changeOf(action: z.output<typeof actionSchema>, form: FormData, by: string): (id: string) => Promise<unknown> {
  switch (action) {
    case "activate":
    case "archive":
      return (id) => changeProduct(id, { active: action === "activate" });
    case "lowStock": {
      const { lowStock } = checked(productChangeSchema, { lowStock: number(form, "lowStock") ?? null });
      return (id) => changeProduct(id, { lowStock });
    }
    case "price": {
      const request = { priceChange: form.get("priceChange") };
      const { priceChange } = checked(z.strictObject({ priceChange: priceChangeSchema }), request);
      return (id) => changePrice(id, priceChange, { by, key: text(form, "key") ?? "" });
    }
  }
}
