import { now } from "../clock";
import type { Tx } from "../db";
import { newId } from "../ids";
import type { StockRow } from "./parse-row";
import type { Written } from "./written";

interface Shelf {
  sku: string;
  product_id: string;
  available: number;
  reserved: number;
}

/**
 * Sets how many of each product are on the shelf: a count, not a difference, so that taking it in twice is taking it in once.
 * What is set aside for open orders is part of the count and stays set aside. Who changed what is kept. Rows are locked by product id, as everywhere.
 */
export async function setStock(
  tx: Tx,
  rows: (StockRow & { line: number })[],
  source: { id: string; createdBy: string },
): Promise<Written> {
  const bySku = new Map(rows.map((row) => [row.sku, row]));
  const shelves = await lockShelves(tx, [...bySku.keys()]);
  const problems: Written["problems"] = [];
  const moves: { id: string; product_id: string; difference: number }[] = [];
  for (const { sku, quantity, line } of bySku.values()) {
    const shelf = shelves.get(sku);
    if (!shelf) problems.push({ line, column: "sku", message: "is not the SKU of a product" });
    else if (quantity < shelf.reserved)
      problems.push({ line, column: "quantity", message: `is below the ${shelf.reserved} set aside for open orders` });
    else if (quantity !== shelf.available + shelf.reserved)
      moves.push({
        id: newId("mov"),
        product_id: shelf.product_id,
        difference: quantity - shelf.available - shelf.reserved,
      });
  }
  if (moves.length > 0)
    await tx.$executeRaw`
      WITH moved AS (
        UPDATE inventory i SET available = i.available + m.difference, received = i.received + m.difference
        FROM jsonb_to_recordset(${JSON.stringify(moves)}::jsonb) AS m(id text, product_id text, difference int)
        WHERE i.product_id = m.product_id RETURNING m.id, i.product_id, m.difference, i.available
      )
      INSERT INTO stock_movements (id, product_id, delta, reason, by, available, at)
      SELECT id, product_id, difference, ${`Import ${source.id}`}, ${source.createdBy}, available, ${now()} FROM moved`;
  return { created: 0, updated: moves.length, unchanged: rows.length - moves.length - problems.length, problems };
}

async function lockShelves(tx: Tx, skus: string[]): Promise<Map<string, Shelf>> {
  const shelves = await tx.$queryRaw<Shelf[]>`
    SELECT p.sku, i.product_id, i.available, i.reserved FROM inventory i JOIN products p ON p.id = i.product_id
    WHERE p.sku = ANY(${skus}) ORDER BY i.product_id FOR UPDATE OF i`;
  return new Map(shelves.map((shelf) => [shelf.sku, shelf]));
}
