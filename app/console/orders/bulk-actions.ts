"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { checked, text, withOperator } from "@/app/form-action";
import type { BulkState } from "@/app/ui/bulk-state";
import { selectedIds } from "@/app/ui/selection";
import { forEachSelected } from "@/lib/bulk";
import { invalid } from "@/lib/errors";
import { orderNumbers } from "@/lib/orders/list-orders";
import { addTag, removeTag, tagSchema } from "@/lib/orders/order-tags";
import { shipOrder, shipSchema } from "@/lib/shipping/ship-order";
import { bulkState } from "../bulk-state";
import { exportOf } from "./export-path";

const actionSchema = z.enum(["ship", "addTag", "removeTag", "export"]);

/** Ships, tags or exports the selected orders. The names of the buttons are the actions. */
export const changeSelected = withOperator<BulkState>(async (form, { id: by }) => {
  const ids = selectedIds(form);
  const action = checked(actionSchema, form.get("action"));
  if (ids.length === 0) throw invalid("Select at least one order.");
  if (action === "export") redirect(exportOf(ids));
  const numbers = await orderNumbers(ids);
  const numberOf = (id: string) => numbers.get(id) ?? id;
  const finish = (result: Awaited<ReturnType<typeof forEachSelected>>, verb: string) =>
    bulkState(result, {
      noun: ["order", "orders"],
      verb,
      path: "/console/orders",
      labelOf: (id) => `Order ${numberOf(id)}`,
    });
  if (action === "ship") {
    const { carrier } = checked(shipSchema.pick({ carrier: true }), { carrier: form.get("carrier") });
    const trackingOf = trackingNumbers(text(form, "tracking"));
    const ship = (id: string) => {
      const request = checked(shipSchema, { carrier, trackingNumber: trackingOf(numberOf(id)) });
      return shipOrder(id, request, { by, key: text(form, "key") });
    };
    return finish(await forEachSelected(ids, ship), "shipped");
  }
  const { newTag } = checked(z.strictObject({ newTag: tagSchema }), { newTag: form.get("newTag") });
  const change = action === "addTag" ? addTag : removeTag;
  return finish(await forEachSelected(ids, (id) => change(id, newTag)), action === "addTag" ? "tagged" : "untagged");
});

/**
 * Returns a function from the number of an order to its tracking number. Each line has both, with a space, a comma, a semicolon or a
 * tab between them. A single line with one word is the tracking number of all orders.
 */
function trackingNumbers(typed: string | undefined): (number: string) => string {
  if (typed === undefined)
    throw invalid("Please check the marked fields.", [{ path: "tracking", message: "is missing" }]);
  const lines = typed
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const [first = ""] = lines;
  if (lines.length === 1 && !/[\s,;]/.test(first)) return () => first;
  const byOrder = new Map(
    lines.map((line): [string, string] => {
      const [, number = "", tracking = ""] = /^#?(\d+)[\s,;]+(.+)$/.exec(line) ?? [];
      if (tracking === "")
        throw invalid("Please check the marked fields.", [
          {
            path: "tracking",
            message: `must have the number of an order and its tracking number in each line, unlike “${line}”`,
          },
        ]);
      return [number, tracking];
    }),
  );
  return (number) => {
    const tracking = byOrder.get(number);
    if (tracking === undefined) throw invalid("No line has its tracking number.");
    return tracking;
  };
}
