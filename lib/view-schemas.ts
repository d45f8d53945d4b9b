import { z } from "zod";
import type { Money } from "./money";

/** Schemas that the views of several domains share. They are not in money.ts, because browsers load it without zod. */

export const countSchema = z.int().min(0);
export const timeSchema = z.iso.datetime();
export const idSchema = z.strictObject({ id: z.string() });
export const namedSchema = z.strictObject({ id: z.string(), name: z.string() });
export const moneySchema = z.strictObject({
  amount: z.int().describe("In minor units: 1250 is €12.50."),
  currency: z.string().length(3).describe("ISO 4217"),
}) satisfies z.ZodType<Money>;
export const discountSchema = z
  .strictObject({ code: z.string(), amount: moneySchema })
  .optional()
  .describe("The discount of a coupon.");

/** Returns the Prisma `select` of the columns that a view shows. */
export const selectOf = <Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) =>
  Object.fromEntries(Object.keys(schema.shape).map((name) => [name, true])) as { [Name in keyof Shape]: true };

/** A line of an order or a cart. */
export const itemSchema = z.strictObject({
  ...{ productId: z.string(), sku: z.string(), name: z.string(), quantity: z.int() },
  ...{ unitPrice: moneySchema, total: moneySchema },
});

/** The price of a cart, in the problem `total_changed`. */
export const quoteSchema = z.strictObject({
  items: z.array(itemSchema).describe("The items that are on sale, at their prices now."),
  total: moneySchema.describe("What is charged now."),
  discount: discountSchema,
});

export type Quote = z.output<typeof quoteSchema>;

/** The customer's own open order that a refused checkout is about. */
export const openOrderSchema = z
  .strictObject({ id: z.string(), number: z.string(), statusUrl: z.url() })
  .describe("The customer's own open order. It holds the coupon or the stock.");

export type OpenOrder = z.output<typeof openOrderSchema>;

/** Returns the schema of a page of a list. */
export const pageSchema = <S extends z.ZodType>(item: S) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
