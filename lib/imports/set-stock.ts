import { findTwins } from "../catalogue/sku";
import { now } from "../clock";
import type { Tx } from "../db";
import { newId } from "../ids";
import type { BatchResult, StockRow } from "./parse-row";

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
