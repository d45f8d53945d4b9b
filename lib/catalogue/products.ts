import { z } from "zod";
import { db, Prisma } from "../db";
import { notFound } from "../errors";
import { type Page, pageOf, readCursor } from "../pagination";
import { isPlainText } from "../text";
import type { ProductView } from "./product-view";
import { searchProducts } from "./search-products";

interface Row {
  id: string;
  sku: string;
  name: string;
  description: string;
  amount: number;
  currency: string;
  available: number;
}

export const productQuerySchema = z.strictObject({
  q: z.string().trim().max(200).refine(isPlainText, "must not hold control characters").optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(1_000).optional(),
});

const SELECT = Prisma.sql`SELECT p.id, p.sku, p.name, p.description, p.price_amount AS amount, p.currency, coalesce(i.available, 0) AS available
  FROM products p LEFT JOIN inventory i ON i.product_id = p.id`;

/** A page of what is on sale, by name; with `q`, what the search finds for it, the best first. */
export async function listProducts({
  q,
  limit,
  cursor,
}: z.output<typeof productQuerySchema>): Promise<Page<ProductView>> {
  if (q) return searchProducts({ q, limit, cursor });
  const [name, id] = cursor === undefined ? [] : readCursor(cursor, cursorSchema);
  const rows = await db().$queryRaw<Row[]>`${SELECT} WHERE p.active
    AND (${name === undefined} OR (p.name, p.id) > (${name ?? ""}, ${id ?? ""}))
    ORDER BY p.name, p.id LIMIT ${limit + 1}`;
  return pageOf(rows, limit, view, (row) => [row.name, row.id]);
}

/** @throws AppError `not_found` (404), also for what is no longer on sale. */
export async function getProduct(id: string): Promise<ProductView> {
  const [row] = await db().$queryRaw<Row[]>`${SELECT} WHERE p.active AND p.id = ${id}`;
  if (!row) throw notFound("product");
  return view(row);
}

const view = ({ amount, currency, ...rest }: Row): ProductView => ({ ...rest, price: { amount, currency } });

const cursorSchema = z.tuple([z.string(), z.string()]);
