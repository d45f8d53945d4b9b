import { z } from "zod";
import { db, Prisma } from "../db";
import { invalid, notFound } from "../errors";
import type { Money } from "../money";
import { isPlainText } from "../text";

export interface ProductView {
  id: string;
  sku: string;
  name: string;
  description: string;
  price: Money;
  /** How many can be bought now. */
  available: number;
}

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
  cursor: z.string().max(500).optional(),
});

const SELECT = Prisma.sql`SELECT p.id, p.sku, p.name, p.description, p.price_amount AS amount, p.currency, coalesce(i.available, 0) AS available
  FROM products p LEFT JOIN inventory i ON i.product_id = p.id`;

/** A page of what is on sale, by name; `q` narrows it to products that hold every word of it. */
export async function listProducts({ q, limit, cursor }: z.output<typeof productQuerySchema>) {
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const words = (q ?? "")
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => `%${word.replace(/[\\%_]/g, "\\$&")}%`);
  const rows = await db().$queryRaw<Row[]>`${SELECT} WHERE p.active
    AND (${after === undefined} OR (p.name, p.id) > (${after?.name ?? ""}, ${after?.id ?? ""}))
    AND (p.name || ' ' || p.description || ' ' || p.sku) ILIKE ALL (${words}::text[])
    ORDER BY p.name, p.id LIMIT ${limit + 1}`;
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(view), nextCursor: rows.length > limit && last ? writeCursor(last) : null };
}

/** @throws AppError `not_found` (404), also for what is no longer on sale. */
export async function getProduct(id: string): Promise<ProductView> {
  const [row] = await db().$queryRaw<Row[]>`${SELECT} WHERE p.active AND p.id = ${id}`;
  if (!row) throw notFound("product");
  return view(row);
}

const view = ({ amount, currency, ...rest }: Row): ProductView => ({ ...rest, price: { amount, currency } });

const writeCursor = ({ name, id }: { name: string; id: string }) =>
  Buffer.from(JSON.stringify([name, id])).toString("base64url");

const cursorSchema = z.tuple([z.string().refine(isPlainText), z.string().refine(isPlainText)]);

function readCursor(cursor: string): { name: string; id: string } {
  try {
    const [name, id] = cursorSchema.parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
    return { name, id };
  } catch {
    throw invalid("The request is not valid.", [{ path: "cursor", message: "is not a cursor of this list" }]);
  }
}
