import { z } from "zod";
import { plainTextSchema } from "../text";

const itemSchema = z.strictObject({
  productId: plainTextSchema(100),
  quantity: z.int("must be a whole number").min(1, "must be at least 1").max(1_000, "must be at most 1000"),
});

/** The body of `POST /api/admin/orders/{id}/ship`; without items, everything that has not shipped yet. */
export const shipSchema = z.strictObject({
  carrier: plainTextSchema(100),
  trackingNumber: plainTextSchema(100),
  items: z
    .array(itemSchema)
    .min(1, "must hold at least one item")
    .max(100, "must hold at most 100 items")
    .superRefine((items, context) => {
      for (const [index, { productId }] of items.entries())
        if (items.findIndex((item) => item.productId === productId) < index)
          context.addIssue({ code: "custom", path: [index, "productId"], message: "is in this shipment already" });
    })
    .optional(),
});

export type ShipRequest = z.output<typeof shipSchema>;

/** The body of `POST /api/admin/orders/{id}/deliver`; without a number, every shipment on its way. */
export const deliverSchema = z.strictObject({ trackingNumber: plainTextSchema(100).optional() });
