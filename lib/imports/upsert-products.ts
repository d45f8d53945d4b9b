import { now } from "../clock";
import { Prisma, type Tx } from "../db";
import { newId } from "../ids";
import type { ProductRow } from "./parse-row";
import type { Written } from "./written";

/**
 * Adds products, or changes those whose SKU is known; what is the same already is not touched. A column that the file does not
 * have keeps its value. Of rows with one SKU the last one counts.
 */
export async function upsertProducts(
  tx: Tx,
  rows: (ProductRow & { line: number })[],
  columns: string[],
): Promise<Written> {
  const bySku = new Map(rows.map((row) => [row.sku, row]));
  const input = [...bySku.values()].map((row) => ({ description: "", active: true, ...row, id: newId("prod") }));
  const at = now();
  const keep = (column: string) =>
    columns.includes(column) ? Prisma.raw(`excluded.${column}`) : Prisma.raw(`p.${column}`);
  const [counts] = await tx.$queryRaw<{ created: number; updated: number }[]>`
    WITH written AS (
      INSERT INTO products AS p (id, sku, name, description, price_amount, currency, active, created_at, updated_at)
      SELECT id, sku, name, description, price, currency, active, ${at}::timestamptz, ${at}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(input)}::jsonb)
        AS r(id text, sku text, name text, description text, price int, currency text, active boolean)
      ORDER BY sku
      ON CONFLICT (sku) DO UPDATE SET name = excluded.name, description = ${keep("description")}, price_amount = excluded.price_amount,
        currency = excluded.currency, active = ${keep("active")}, updated_at = excluded.updated_at
      WHERE (p.name, p.description, p.price_amount, p.currency, p.active)
        IS DISTINCT FROM (excluded.name, ${keep("description")}, excluded.price_amount, excluded.currency, ${keep("active")})
      RETURNING p.id, xmax = 0 AS created
    ), shelved AS (
      INSERT INTO inventory (product_id, available, received) SELECT id, 0, 0 FROM written WHERE created ON CONFLICT DO NOTHING
    )
    SELECT count(*) FILTER (WHERE created)::int AS created, count(*) FILTER (WHERE NOT created)::int AS updated FROM written`;
  const { created = 0, updated = 0 } = counts ?? {};
  return { created, updated, unchanged: rows.length - created - updated, problems: [] };
}
