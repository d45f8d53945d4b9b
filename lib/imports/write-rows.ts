import { now } from "../clock";
import { Prisma, type Tx } from "../db";
import { newIds } from "../ids";
import { findTwins } from "../sku";
import type { BatchResult, ProductRow, StockRow } from "./parse-row";

interface UpsertCounts {
  created: number;
  updated: number;
}

/**
 * Inserts products, or updates those whose SKU exists. Products that would stay the same are not touched. A column that is
 * missing in the file is not changed. Each SKU is in one row. A dry run only counts what would be inserted and updated.
 */
export async function upsertProducts(
  tx: Tx,
  rows: (ProductRow & { line: number })[],
  { columns, dryRun }: { columns: string[]; dryRun: boolean },
): Promise<BatchResult> {
  const ids = newIds("prod", rows.length);
  const input = rows.map(({ price, ...row }, index) => ({
    ...{ description: "", active: true, ...row },
    ...{ price_amount: price, id: ids[index] },
  }));
  const given = Prisma.sql`jsonb_to_recordset(${JSON.stringify(input)}::jsonb)
    AS r(id text, sku text, name text, description text, price_amount bigint, currency text, active boolean)`;
  const at = now();
  const assigned = (column: string, from: "r" | "excluded") =>
    Prisma.raw(`${columns.includes(column) ? from : "p"}.${column}`);
  /** Whether the row \`from\` would change the product \`p\`. */
  const differs = (from: "r" | "excluded") => Prisma.sql`(p.name, p.description, p.price_amount, p.currency, p.active)
    IS DISTINCT FROM (${Prisma.raw(`${from}.name`)}, ${assigned("description", from)},
      ${Prisma.raw(`${from}.price_amount, ${from}.currency`)}, ${assigned("active", from)})`;
  const [counts] = dryRun
    ? await tx.$queryRaw<UpsertCounts[]>`
    SELECT count(*) FILTER (WHERE p.id IS NULL)::int AS created, count(*) FILTER (WHERE p.id IS NOT NULL AND ${differs("r")})::int AS updated
    FROM ${given} LEFT JOIN products p ON p.sku = r.sku`
    : await tx.$queryRaw<UpsertCounts[]>`
    WITH upserted AS (
      INSERT INTO products AS p (id, sku, name, description, price_amount, currency, active, created_at, updated_at)
      SELECT id, sku, name, description, price_amount, currency, active, ${at}::timestamptz, ${at}::timestamptz FROM ${given}
      ORDER BY sku
      ON CONFLICT (sku) DO UPDATE SET name = excluded.name, description = ${assigned("description", "excluded")},
        price_amount = excluded.price_amount, currency = excluded.currency, active = ${assigned("active", "excluded")},
        updated_at = excluded.updated_at
      WHERE ${differs("excluded")}
      RETURNING p.id, xmax = 0 AS created
    ), stocked AS (
      INSERT INTO inventory (product_id, available, received) SELECT id, 0, 0 FROM upserted WHERE created ON CONFLICT DO NOTHING
    )
    SELECT count(*) FILTER (WHERE created)::int AS created, count(*) FILTER (WHERE NOT created)::int AS updated FROM upserted`;
  const { created = 0, updated = 0 } = counts ?? {};
  return { created, updated, unchanged: rows.length - created - updated, problems: [] };
}

interface StockResult {
  updated: number;
  /** The rows that cannot be applied. `reserved`: null if there is no such product. */
  refused: { line: number; reserved: number | null }[];
}

/**
 * Sets the stock of products to counted quantities, so applying a count twice is the same as once. Units reserved for open
 * orders are part of the count and stay reserved. Each change is saved as a stock movement. Rows are locked in the order of
 * product ids, as everywhere. A dry run locks and changes nothing.
 */
export async function setStock(
  tx: Tx,
  rows: (StockRow & { line: number })[],
  source: { id: string; createdBy: string; dryRun: boolean },
): Promise<BatchResult> {
  const ids = newIds("mov", rows.length);
  const input = rows.map((row, index) => ({ ...row, id: ids[index] }));
  const [result] = await tx.$queryRaw<StockResult[]>`
    WITH given AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(input)}::jsonb) AS r(id text, sku text, quantity int, line int)
    ), levels AS MATERIALIZED (
      SELECT g.id, g.line, g.quantity, i.product_id, i.reserved, g.quantity - i.available - i.reserved AS delta
      FROM given g JOIN products p ON p.sku = g.sku JOIN inventory i ON i.product_id = p.id
      ORDER BY i.product_id ${source.dryRun ? Prisma.empty : Prisma.sql`FOR UPDATE OF i`}
    ), changes AS (
      SELECT * FROM levels WHERE quantity >= reserved AND delta <> 0
    ), updated AS (
      UPDATE inventory i SET available = i.available + c.delta, received = i.received + c.delta
      FROM changes c WHERE i.product_id = c.product_id AND NOT ${source.dryRun}
      RETURNING c.id, i.product_id, c.delta, i.available
    ), moved AS (
      INSERT INTO stock_movements (id, product_id, delta, reason, by, available, at)
      SELECT id, product_id, delta, ${`Import ${source.id}`}, ${source.createdBy}, available, ${now()} FROM updated
    )
    SELECT (SELECT count(*)::int FROM changes) AS updated, (
      SELECT coalesce(jsonb_agg(jsonb_build_object('line', g.line, 'reserved', l.reserved)), '[]')
      FROM given g LEFT JOIN levels l ON l.line = g.line WHERE l.line IS NULL OR g.quantity < l.reserved) AS refused`;
  const { updated = 0, refused = [] } = result ?? {};
  const unknown = new Set(refused.flatMap(({ line, reserved }) => (reserved === null ? [line] : [])));
  const twins = await findTwins(
    tx,
    rows.filter(({ line }) => unknown.has(line)),
  );
  const problems = refused.map(({ line, reserved }) => {
    if (reserved !== null)
      return { line, column: "quantity", message: `is below the ${reserved} reserved for open orders` };
    const twin = twins.get(line);
    return { line, column: "sku", message: `is not the SKU of a product${twin ? `, but ${twin} is` : ""}` };
  });
  return { created: 0, updated, unchanged: rows.length - updated - problems.length, problems };
}
