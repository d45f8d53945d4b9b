import { z } from "zod";
import { now } from "../clock";
import { db, type Prisma, type Row, type Tx, transaction } from "../db";
import { conflict, notFound } from "../errors";
import { answerOnce } from "../idempotency";
import { newId } from "../ids";
import { lowStockFilter } from "../low-stock";
import { priceSchema } from "../money-schema";
import { type Page, pageOf, pageQuery, readCursor } from "../pagination";
import { findTwins, skuSchema } from "../sku";
import { escapeLike, isPlainText, plainTextSchema, searchTextSchema } from "../text";
import { moneySchema } from "../view-schemas";
import { PRODUCT_FIELDS } from "./products";

/** A product as the operators of the shop see it. */
export const managedProductSchema = z.strictObject({
  ...{ id: z.string(), sku: z.string(), name: z.string(), description: z.string() },
  price: moneySchema,
  active: z.boolean(),
  /** The stock is low at this many available units or fewer. Null: at the shop's default. */
  lowStock: z.int().nullable(),
  /** Units that can be sold, that open orders reserve, that were sold, and that were ever received. */
  stock: z.strictObject({ available: z.int(), reserved: z.int(), sold: z.int(), received: z.int() }),
});

export type ManagedProduct = z.output<typeof managedProductSchema>;

// A description may have several lines, as a text area sends them, and tabs, as an import stores them.
const description = z
  .string()
  .normalize()
  .trim()
  .max(10_000)
  .refine((text) => isPlainText(text.replace(/[\r\n\t]/g, "")), "must not hold control characters");

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
  .strictObject({
    ...{ name: plainTextSchema(200), description, price: priceSchema, active: z.boolean() },
    lowStock: z
      .int("must be a whole number")
      .min(0, "must be at least 0")
      .max(1_000_000, "must be at most 1000000")
      .nullable()
      .describe("The stock is low at this many available units or fewer. Null: at the shop's default."),
  })
  .partial();

const productFilter = {
  active: z.enum(["true", "false"]).optional(),
  stock: z.enum(["low"]).optional().describe("Products on sale whose stock is low."),
  q: searchTextSchema.optional().describe("Part of the name or the SKU."),
};

export const managedListSchema = pageQuery(50).extend(productFilter);

const SELECT = {
  ...PRODUCT_FIELDS,
  active: true,
  inventory: { select: { available: true, reserved: true, sold: true, received: true, lowStock: true } },
} satisfies Prisma.ProductSelect;

const view = ({
  priceAmount,
  currency,
  inventory,
  ...rest
}: Row<"product", { select: typeof SELECT }>): ManagedProduct => {
  const { lowStock = null, ...stock } = inventory ?? { available: 0, reserved: 0, sold: 0, received: 0 };
  return { ...rest, price: { amount: priceAmount, currency }, lowStock, stock };
};

type ProductFilter = z.output<z.ZodObject<typeof productFilter>>;

function productConditions({ active, stock, q }: ProductFilter): Prisma.ProductWhereInput[] {
  const conditions: Prisma.ProductWhereInput[] = [];
  if (active) conditions.push({ active: active === "true" });
  if (stock) conditions.push({ active: true, inventory: lowStockFilter() });
  if (q) {
    const part = { contains: escapeLike(q), mode: "insensitive" as const };
    conditions.push({ OR: [{ name: part }, { sku: part }] });
  }
  return conditions;
}

/** Returns a page of all products by SKU, also those that are not on sale. */
export async function listManagedProducts({
  limit,
  cursor,
  ...filter
}: z.output<typeof managedListSchema>): Promise<Page<ManagedProduct>> {
  const [after] = cursor === undefined ? [""] : readCursor(cursor, z.tuple([plainTextSchema(100)]));
  const rows = await db().product.findMany({
    where: { sku: { gt: after }, AND: productConditions(filter) },
    orderBy: { sku: "asc" },
    take: limit + 1,
    select: SELECT,
  });
  return pageOf(rows, limit, view, ({ sku }) => [sku]);
}

const PAGE_SIZE = 25;

/** The query of the console's list of products. */
export const productTableSchema = z.strictObject({
  q: productFilter.q,
  show: z.enum(["all", "active", "archived", "low"]).catch("all"),
  sort: z.enum(["name", "newest", "-price", "price", "stock"]).catch("name"),
  page: z.coerce.number().int().min(1).max(4_000).catch(1),
});

const SHOWN: Record<z.output<typeof productTableSchema>["show"], ProductFilter> = {
  all: {},
  active: { active: "true" },
  archived: { active: "false" },
  low: { stock: "low" },
};

const SORTS: Record<z.output<typeof productTableSchema>["sort"], Prisma.ProductOrderByWithRelationInput> = {
  name: { name: "asc" },
  newest: { createdAt: "desc" },
  "-price": { priceAmount: "desc" },
  price: { priceAmount: "asc" },
  stock: { inventory: { available: "asc" } },
};

/** Returns a page of the products that match a filter, sorted, with their number. */
export async function findProducts({ q, show, sort, page }: z.output<typeof productTableSchema>) {
  const where = { AND: productConditions({ q, ...SHOWN[show] }) };
  const [rows, total] = await Promise.all([
    db().product.findMany({
      where,
      orderBy: [SORTS[sort], { id: "asc" }],
      skip: (page - 1) * PAGE_SIZE,
      take: PAGE_SIZE,
      select: SELECT,
    }),
    db().product.count({ where }),
  ]);
  return { items: rows.map(view), page, size: PAGE_SIZE, total, more: false };
}

/** Returns the names of products, by their ids. */
export async function productNames(ids: string[]): Promise<Map<string, string>> {
  const rows = await db().product.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Returns a product, on sale or not. @throws AppError `not_found` (404) */
export async function getManagedProduct(id: string, tx: Pick<Tx, "product"> = db()): Promise<ManagedProduct> {
  const row = await tx.product.findUnique({ where: { id }, select: SELECT });
  if (!row) throw notFound("product");
  return view(row);
}

type NewProduct = z.output<typeof newProductSchema>;

/**
 * Creates a product. Its initial stock is its first stock movement. The same key and body are the same product (`replayed`).
 * @throws AppError `sku_taken`, `idempotency_key_reused` (409)
 */
export async function createProduct(
  request: NewProduct,
  { by, key }: { by: string; key?: string },
): Promise<{ answer: ManagedProduct; replayed: boolean }> {
  const idempotent = key === undefined ? undefined : { scope: "product", caller: by, key, body: request };
  return transaction((tx) => answerOnce(tx, idempotent, () => insertProduct(tx, request, by)));
}

async function insertProduct(tx: Tx, { price, stock, ...rest }: NewProduct, by: string): Promise<ManagedProduct> {
  const id = newId("prod");
  const at = now();
  const product = { id, ...rest, priceAmount: price.amount, currency: price.currency, createdAt: at, updatedAt: at };
  const { count } = await tx.product.createMany({ data: product, skipDuplicates: true });
  if (count === 0) {
    const twin = (await findTwins(tx, [{ sku: rest.sku, line: 1 }])).get(1);
    const message = twin ? `differs only in letter case or zeros from ${twin}` : "belongs to another product";
    throw conflict("sku_taken", `Another product has the SKU ${twin ?? rest.sku}.`, [{ path: "sku", message }]);
  }
  await tx.inventory.create({ data: { productId: id, available: stock, received: stock } });
  if (stock > 0)
    await tx.stockMovement.create({
      data: { id: newId("mov"), productId: id, delta: stock, reason: "initial stock", by, available: stock, at },
    });
  return getManagedProduct(id, tx);
}

/**
 * Changes the given fields. Earlier orders keep the name and price that they were placed with.
 * @throws AppError `not_found` (404)
 */
export async function changeProduct(id: string, change: z.output<typeof productChangeSchema>): Promise<ManagedProduct> {
  await transaction((tx) => writeProduct(tx, id, change));
  return getManagedProduct(id);
}

/** Writes the given fields of a product. */
export async function writeProduct(tx: Tx, id: string, change: z.output<typeof productChangeSchema>): Promise<void> {
  const { price, lowStock, ...rest } = change;
  const data = { ...rest, ...(price && { priceAmount: price.amount, currency: price.currency }), updatedAt: now() };
  await tx.product.updateMany({ where: { id }, data });
  if (lowStock !== undefined) await tx.inventory.updateMany({ where: { productId: id }, data: { lowStock } });
}
