import { db } from "../db";
import type { ProductView } from "./product-view";

interface Row extends Omit<ProductView, "price"> {
  amount: number;
  currency: string;
}

/** What of these is on sale, by id: for a cart, which holds ids and no prices. One statement. */
export async function findProductsById(ids: string[]): Promise<Map<string, ProductView>> {
  if (ids.length === 0) return new Map();
  const rows = await db().$queryRaw<Row[]>`
    SELECT p.id, p.sku, p.name, p.description, p.price_amount AS amount, p.currency, coalesce(i.available, 0) AS available
    FROM products p LEFT JOIN inventory i ON i.product_id = p.id WHERE p.active AND p.id = ANY(${ids})`;
  return new Map(rows.map(({ amount, currency, ...rest }) => [rest.id, { ...rest, price: { amount, currency } }]));
}
