import { z } from "zod";
import { db, type Prisma } from "../db";
import { notFound } from "../errors";
import { type Page, pageOf, readCursor } from "../pagination";
import { isPlainText } from "../text";
import type { ProductView } from "./product-view";
import { searchProducts } from "./search-products";

export const productQuerySchema = z.strictObject({
  q: z.string().trim().max(200).refine(isPlainText, "must not hold control characters").optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(1_000).optional(),
});

const SELECT = {
  id: true,
  sku: true,
  name: true,
  description: true,
  priceAmount: true,
  currency: true,
  inventory: { select: { available: true } },
} satisfies Prisma.ProductSelect;

type Row = Prisma.ProductGetPayload<{ select: typeof SELECT }>;

const cursorSchema = z.tuple([z.string(), z.string()]);

/** Returns a page of the products on sale, by name; with `q`, what matches the search, best first. */
export async function listProducts({
  q,
  limit,
  cursor,
}: z.output<typeof productQuerySchema>): Promise<Page<ProductView>> {
  if (q) return searchProducts({ q, limit, cursor });
  const [name, id] = cursor === undefined ? [] : readCursor(cursor, cursorSchema);
  const rows = await db().product.findMany({
    where: { active: true, ...(name !== undefined && { OR: [{ name: { gt: name } }, { name, id: { gt: id } }] }) },
    orderBy: [{ name: "asc" }, { id: "asc" }],
    take: limit + 1,
    select: SELECT,
  });
  return pageOf(rows, limit, view, (row) => [row.name, row.id]);
}

/** Returns a product on sale. @throws AppError `not_found` (404) */
export async function getProduct(id: string): Promise<ProductView> {
  const row = await db().product.findUnique({ where: { id, active: true }, select: SELECT });
  if (!row) throw notFound("product");
  return view(row);
}

/** Returns those of the products that are on sale, by id: for a cart, which stores ids and no prices. */
export async function findProductsById(ids: string[]): Promise<Map<string, ProductView>> {
  if (ids.length === 0) return new Map();
  const rows = await db().product.findMany({ where: { active: true, id: { in: ids } }, select: SELECT });
  return new Map(rows.map((row) => [row.id, view(row)]));
}

const view = ({ priceAmount, currency, inventory, ...rest }: Row): ProductView => ({
  ...rest,
  price: { amount: priceAmount, currency },
  available: inventory?.available ?? 0,
});
