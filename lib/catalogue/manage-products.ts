import { z } from "zod";
import { now } from "../clock";
import { db, type Prisma, transaction } from "../db";
import { conflict, notFound } from "../errors";
import { newId } from "../ids";
import { MAX_AMOUNT, type Money, refuseFraction } from "../money";
import { type Page, pageOf, readCursor } from "../pagination";
import { findTwins, skuSchema } from "../sku";
import { isPlainText, plainTextSchema } from "../text";

/** A product as the operators of the shop see it. */
export interface ManagedProduct {
  id: string;
  sku: string;
  name: string;
  description: string;
  price: Money;
  active: boolean;
  /** Units that can be sold, that open orders reserve, that were sold, and that were ever received. */
  stock: { available: number; reserved: number; sold: number; received: number };
}

const price = z
  .strictObject({
    amount: z
      .int("must be a whole number of minor units")
      .min(1, "must be at least 1")
      .max(MAX_AMOUNT, `must be at most ${MAX_AMOUNT}`),
    currency: z.string().regex(/^[A-Z]{3}$/, "must be an ISO 4217 code, such as EUR"),
  })
  .superRefine((money, { addIssue }) => {
    const message = refuseFraction(money);
    if (message) addIssue({ code: "custom", path: ["amount"], message });
  });
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
  price,
  active: z.boolean().default(true),
  stock: z.int().min(0, "must be at least 0").max(1_000_000, "must be at most 1000000").default(0),
});

/** The body of `PATCH /api/admin/products/{id}`: the fields to change. The SKU stays: orders and imports refer to it. */
export const productChangeSchema = z
  .strictObject({ name: plainTextSchema(200), description, price, active: z.boolean() })
  .partial();

export const managedListSchema = z.strictObject({
  active: z.enum(["true", "false"]).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(500).optional(),
});

const SELECT = {
  id: true,
  sku: true,
  name: true,
  description: true,
  priceAmount: true,
  currency: true,
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
