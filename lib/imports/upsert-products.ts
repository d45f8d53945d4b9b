import { now } from "../clock";
import { Prisma, type Tx } from "../db";
import { newId } from "../ids";
import type { BatchResult, ProductRow } from "./parse-row";

interface UpsertCounts {
  created: number;
  updated: number;
}

/**
 * Inserts products, or updates those whose SKU exists. Products that would stay the same are not touched. A column that is
 * missing in the file is not changed. Each SKU is in one row.
 */
export async function upsertProducts(
  tx: Tx,
  rows: (ProductRow & { line: number })[],
  columns: string[],
): Promise<BatchResult> {
  const input = rows.map((row) => ({ description: "", active: true, ...row, id: newId("prod") }));
  const at = now();
  const assigned = (column: string) =>
    columns.includes(column) ? Prisma.raw(`excluded.${column}`) : Prisma.raw(`p.${column}`);
  const [counts] = await tx.$queryRaw<UpsertCounts[]>`
    WITH upserted AS (
      INSERT INTO products AS p (id, sku, name, description, price_amount, currency, active, created_at, updated_at)
      SELECT id, sku, name, description, price, currency, active, ${at}::timestamptz, ${at}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(input)}::jsonb)
        AS r(id text, sku text, name text, description text, price int, currency text, active boolean)
      ORDER BY sku
      ON CONFLICT (sku) DO UPDATE SET name = excluded.name, description = ${assigned("description")}, price_amount = excluded.price_amount,
        currency = excluded.currency, active = ${assigned("active")}, updated_at = excluded.updated_at
      WHERE (p.name, p.description, p.price_amount, p.currency, p.active)
        IS DISTINCT FROM (excluded.name, ${assigned("description")}, excluded.price_amount, excluded.currency, ${assigned("active")})
      RETURNING p.id, xmax = 0 AS created
    ), stocked AS (
      INSERT INTO inventory (product_id, available, received) SELECT id, 0, 0 FROM upserted WHERE created ON CONFLICT DO NOTHING
    )
    SELECT count(*) FILTER (WHERE created)::int AS created, count(*) FILTER (WHERE NOT created)::int AS updated FROM upserted`;
  const { created = 0, updated = 0 } = counts ?? {};
  return { created, updated, unchanged: rows.length - created - updated, problems: [] };
}
