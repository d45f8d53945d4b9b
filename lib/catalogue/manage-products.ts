import { z } from "zod";
import { now } from "../clock";
import { db, type Prisma, transaction } from "../db";
import { conflict, notFound } from "../errors";
import { newId } from "../ids";
import { priceSchema } from "../money-schema";
import { type Page, pageOf, pageQuery, readCursor } from "../pagination";
import { findTwins, skuSchema } from "../sku";
import { isPlainText, plainTextSchema } from "../text";
import { moneySchema } from "../view-schemas";
import { PRODUCT_FIELDS } from "./products";

/** A product as the operators of the shop see it. */
export const managedProductSchema = z.strictObject({
  ...{ id: z.string(), sku: z.string(), name: z.string(), description: z.string() },
  price: moneySchema,
  active: z.boolean(),
  /** Units that can be sold, that open orders reserve, that were sold, and that were ever received. */
  stock: z.strictObject({ available: z.int(), reserved: z.int(), sold: z.int(), received: z.int() }),
});

export type ManagedProduct = z.output<typeof managedProductSchema>;

// A description may have several lines, as a text area sends them.
const description = z
  .string()
  .trim()
  .max(10_000)
  .refine((text) => text.split(/\r?\n/).every(isPlainText), "must not hold control characters");

/** The body of `POST /api/admin/products`. */
export const newProductSchema = z.strictObject({
  sku: skuSchema,
  name: plainTextSchema(200),
  description: description.default(""),
  price: priceSchema,
  active: z.boolean().default(true),
  stock: z.int().min(0, "must be at least 0").max(1_000_000, "must be at most 1000000").default(0),
});

/** The body of `PATCH /api/admin/products/{id}`: the fields to change. The SKU stays: orders and imports refer to it. */
export const productChangeSchema = z
  .strictObject({ name: plainTextSchema(200), description, price: priceSchema, active: z.boolean() })
  .partial();

export const managedListSchema = pageQuery(50).extend({ active: z.enum(["true", "false"]).optional() });

const SELECT = {
  ...PRODUCT_FIELDS,
  active: true,
  inventory: { select: { available: true, reserved: true, sold: true, received: true } },
} satisfies Prisma.ProductSelect;

const view = ({
  priceAmount,
  currency,
  inventory,
  ...rest
}: Prisma.ProductGetPayload<{ select: typeof SELECT }>): ManagedProduct => ({
  ...rest,
  price: { amount: priceAmount, currency },
  stock: inventory ?? { available: 0, reserved: 0, sold: 0, received: 0 },
});

/** Returns a page of all products by SKU, also those that are not on sale. */
export async function listManagedProducts({
  active,
  limit,
  cursor,
}: z.output<typeof managedListSchema>): Promise<Page<ManagedProduct>> {
  const [after] = cursor === undefined ? [""] : readCursor(cursor, z.tuple([plainTextSchema(100)]));
  const rows = await db().product.findMany({
    where: { sku: { gt: after }, ...(active && { active: active === "true" }) },
    orderBy: { sku: "asc" },
    take: limit + 1,
    select: SELECT,
  });
  return pageOf(rows, limit, view, ({ sku }) => [sku]);
}

/** Returns a product, on sale or not. @throws AppError `not_found` (404) */
export async function getManagedProduct(id: string): Promise<ManagedProduct> {
  const row = await db().product.findUnique({ where: { id }, select: SELECT });
  if (!row) throw notFound("product");
  return view(row);
}

/**
 * Creates a product. Its initial stock is its first stock movement.
 * @throws AppError `sku_taken` (409)
 */
export async function createProduct(request: z.output<typeof newProductSchema>, by: string): Promise<ManagedProduct> {
  const id = newId("prod");
  const at = now();
  const { price, stock, ...rest } = request;
  await transaction(async (tx) => {
    const product = { id, ...rest, priceAmount: price.amount, currency: price.currency, createdAt: at, updatedAt: at };
    const twins = await findTwins(tx, [{ sku: rest.sku, line: 1 }]);
    if (twins.size > 0)
      throw conflict("sku_taken", `Another product has the SKU ${twins.get(1)}.`, [
        { path: "sku", message: `differs only in letter case or zeros from ${twins.get(1)}` },
      ]);
    const { count } = await tx.product.createMany({ data: product, skipDuplicates: true });
    if (count === 0)
      throw conflict("sku_taken", `Another product has the SKU ${rest.sku}.`, [
        { path: "sku", message: "belongs to another product" },
      ]);
    await tx.inventory.create({ data: { productId: id, available: stock, received: stock } });
    if (stock > 0)
      await tx.stockMovement.create({
        data: { id: newId("mov"), productId: id, delta: stock, reason: "initial stock", by, available: stock, at },
      });
  });
  return getManagedProduct(id);
}

/**
 * Changes the given fields. Earlier orders keep the name and price that they were placed with.
 * @throws AppError `not_found` (404)
 */
export async function changeProduct(id: string, change: z.output<typeof productChangeSchema>): Promise<ManagedProduct> {
  const { price, ...rest } = change;
  const data = { ...rest, ...(price && { priceAmount: price.amount, currency: price.currency }), updatedAt: now() };
  await db().product.updateMany({ where: { id }, data });
  return getManagedProduct(id);
}
