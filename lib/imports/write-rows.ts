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
 * missing in the file is not changed. Each SKU is in one row. A dry run only counts what would be inserted and updated.
 */
export async function upsertProducts(
  tx: Tx,
  rows: (ProductRow & { line: number })[],
  { columns, dryRun }: { columns: string[]; dryRun: boolean },
): Promise<BatchResult> {
  const input = rows.map(({ price, ...row }) => ({
    ...{ description: "", active: true, ...row },
    ...{ price_amount: price, id: newId("prod") },
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

interface StockLevel {
  sku: string;
  productId: string;
  available: number;
  reserved: number;
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
  const skus = rows.map(({ sku }) => sku);
  const levels = await readStock(tx, skus, source.dryRun ? Prisma.empty : Prisma.sql`FOR UPDATE OF i`);
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
  if (movements.length > 0 && !source.dryRun)
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

async function readStock(tx: Tx, skus: string[], lock: Prisma.Sql): Promise<Map<string, StockLevel>> {
  const levels = await tx.$queryRaw<StockLevel[]>`
    SELECT p.sku, i.product_id AS "productId", i.available, i.reserved FROM inventory i JOIN products p ON p.id = i.product_id
    WHERE p.sku = ANY(${skus}) ORDER BY i.product_id ${lock}`;
  return new Map(levels.map((level) => [level.sku, level]));
}
