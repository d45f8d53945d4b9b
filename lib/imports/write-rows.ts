import { now } from "../clock";
import { Prisma, type Tx } from "../db";
import { newId } from "../ids";
import { findTwins } from "../sku";
import type { BatchResult, ProductRow, StockRow } from "./parse-row";

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

interface StockLevel {
  sku: string;
  productId: string;
  available: number;
  reserved: number;
}

/**
 * Sets the stock of products to counted quantities, so applying a count twice is the same as once. Units reserved for open
 * orders are part of the count and stay reserved. Each change is saved as a stock movement. Rows are locked in the order of
 * product ids, as everywhere.
 */
export async function setStock(
  tx: Tx,
  rows: (StockRow & { line: number })[],
  source: { id: string; createdBy: string },
): Promise<BatchResult> {
  const levels = await lockStock(
    tx,
    rows.map(({ sku }) => sku),
  );
  const twins = await findTwins(
    tx,
    rows.filter(({ sku }) => !levels.has(sku)),
  );
  const problems: BatchResult["problems"] = [];
  const movements: { id: string; product_id: string; delta: number }[] = [];
  for (const { sku, quantity, line } of rows) {
    const level = levels.get(sku);
    const delta = level ? quantity - level.available - level.reserved : 0;
    const twin = twins.get(line);
    if (!level)
      problems.push({ line, column: "sku", message: `is not the SKU of a product${twin ? `, but ${twin} is` : ""}` });
    else if (quantity < level.reserved)
      problems.push({ line, column: "quantity", message: `is below the ${level.reserved} reserved for open orders` });
    else if (delta !== 0) movements.push({ id: newId("mov"), product_id: level.productId, delta });
  }
  if (movements.length > 0)
    await tx.$executeRaw`
      WITH updated AS (
        UPDATE inventory i SET available = i.available + m.delta, received = i.received + m.delta
        FROM jsonb_to_recordset(${JSON.stringify(movements)}::jsonb) AS m(id text, product_id text, delta int)
        WHERE i.product_id = m.product_id RETURNING m.id, i.product_id, m.delta, i.available
      )
      INSERT INTO stock_movements (id, product_id, delta, reason, by, available, at)
      SELECT id, product_id, delta, ${`Import ${source.id}`}, ${source.createdBy}, available, ${now()} FROM updated`;
  return {
    ...{ created: 0, updated: movements.length, unchanged: rows.length - movements.length - problems.length },
    problems,
  };
}

async function lockStock(tx: Tx, skus: string[]): Promise<Map<string, StockLevel>> {
  const levels = await tx.$queryRaw<StockLevel[]>`
    SELECT p.sku, i.product_id AS "productId", i.available, i.reserved FROM inventory i JOIN products p ON p.id = i.product_id
    WHERE p.sku = ANY(${skus}) ORDER BY i.product_id FOR UPDATE OF i`;
  return new Map(levels.map((level) => [level.sku, level]));
}
