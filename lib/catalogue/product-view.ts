import { z } from "zod";
import { countSchema, moneySchema } from "../view-schemas";

/** A product as the shop shows it. */
export const productViewSchema = z.strictObject({
  id: z.string(),
  sku: z.string(),
  name: z.string(),
  description: z.string(),
  price: moneySchema,
  available: countSchema.describe("The units that can be bought now."),
});

export const productPageSchema = z.strictObject({
  items: z.array(productViewSchema),
  nextCursor: z.string().nullable().describe("For the next page; null on the last."),
});

export type ProductView = z.output<typeof productViewSchema>;
