import { z } from "zod";
import { now } from "../clock";
import { db, Prisma, transaction } from "../db";
import { conflict, notFound } from "../errors";
import { newId } from "../ids";
import { MAX_AMOUNT, type Money, refuseFraction } from "../money";
import { type Page, pageOf, readCursor } from "../pagination";
import { isPlainText, plainText } from "../text";

/** A product as those who run the shop see it, on sale or not. */
export interface ManagedProduct {
  id: string;
  sku: string;
  name: string;
  description: string;
  price: Money;
  active: boolean;
  /** What can be sold, what is set aside for open orders, what was sold, and what ever came in. */
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
  sku: plainText(100),
  name: plainText(200),
  description: description.default(""),
  price,
  active: z.boolean().default(true),
  stock: z.int().min(0, "must be at least 0").max(1_000_000, "must be at most 1000000").default(0),
});

/** The body of `PATCH /api/admin/products/{id}`: what is to be other than it is. The SKU stays; orders and imports know it. */
export const productChangeSchema = z
  .strictObject({ name: plainText(200), description, price, active: z.boolean() })
  .partial();

export const managedListSchema = z.strictObject({
  active: z.enum(["true", "false"]).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(500).optional(),
});

interface Row extends Omit<ManagedProduct, "price" | "stock"> {
  amount: number;
  currency: string;
  available: number;
  reserved: number;
  sold: number;
  received: number;
}

const SELECT = Prisma.sql`SELECT p.id, p.sku, p.name, p.description, p.price_amount AS amount, p.currency, p.active,
  coalesce(i.available, 0) AS available, coalesce(i.reserved, 0) AS reserved, coalesce(i.sold, 0) AS sold, coalesce(i.received, 0) AS received
  FROM products p LEFT JOIN inventory i ON i.product_id = p.id`;

const view = ({ amount, currency, available, reserved, sold, received, ...rest }: Row): ManagedProduct => ({
  ...rest,
  price: { amount, currency },
  stock: { available, reserved, sold, received },
});

/** All products by SKU, those not on sale included. */
export async function listManagedProducts({
  active,
  limit,
  cursor,
}: z.output<typeof managedListSchema>): Promise<Page<ManagedProduct>> {
  const [after] = cursor === undefined ? [""] : readCursor(cursor, z.tuple([plainText(100)]));
  const rows = await db().$queryRaw<Row[]>`${SELECT}
    WHERE p.sku > ${after} AND (${active ?? null}::text IS NULL OR p.active = (${active ?? null}::text = 'true'))
    ORDER BY p.sku LIMIT ${limit + 1}`;
  return pageOf(rows, limit, view, ({ sku }) => [sku]);
}

/** @throws AppError `not_found` (404) */
export async function getManagedProduct(id: string): Promise<ManagedProduct> {
  const [row] = await db().$queryRaw<Row[]>`${SELECT} WHERE p.id = ${id}`;
  if (!row) throw notFound("product");
  return view(row);
}

/**
 * Adds a product, with what of it is there as its first stock movement.
 * @throws AppError `sku_taken` (409)
 */
export async function createProduct(request: z.output<typeof newProductSchema>, by: string): Promise<ManagedProduct> {
  const id = newId("prod");
  const at = now();
  const { sku, name, description, price, active, stock } = request;
  await transaction(async (tx) => {
    const written = await tx.$executeRaw`
      INSERT INTO products (id, sku, name, description, price_amount, currency, active, created_at, updated_at)
      VALUES (${id}, ${sku}, ${name}, ${description}, ${price.amount}, ${price.currency}, ${active}, ${at}, ${at}) ON CONFLICT (sku) DO NOTHING`;
    if (written === 0)
      throw conflict("sku_taken", `There is a product with the SKU ${sku} already.`, [
        { path: "sku", message: "belongs to another product" },
      ]);
    await tx.$executeRaw`INSERT INTO inventory (product_id, available, received) VALUES (${id}, ${stock}, ${stock})`;
    if (stock > 0)
      await tx.$executeRaw`
        INSERT INTO stock_movements (id, product_id, delta, reason, by, available, at)
        VALUES (${newId("mov")}, ${id}, ${stock}, 'initial stock', ${by}, ${stock}, ${at})`;
  });
  return getManagedProduct(id);
}

/**
 * Changes what is named. Orders placed before keep the name and price they were placed with.
 * @throws AppError `not_found` (404)
 */
export async function changeProduct(id: string, change: z.output<typeof productChangeSchema>): Promise<ManagedProduct> {
  const { name = null, description = null, active = null, price } = change;
  await db().$executeRaw`
    UPDATE products SET name = coalesce(${name}, name), description = coalesce(${description}, description),
      active = coalesce(${active}::boolean, active), price_amount = coalesce(${price?.amount ?? null}::int, price_amount),
      currency = coalesce(${price?.currency ?? null}, currency), updated_at = ${now()} WHERE id = ${id}`;
  return getManagedProduct(id);
}
