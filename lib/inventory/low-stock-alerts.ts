import { raiseAlert } from "../alerts";
import { MINUTE, now } from "../clock";
import { db, Prisma } from "../db";
import { isLowStock, lowStockThreshold } from "../low-stock";
import type { Sweep } from "../sweep";
import { escapeLike } from "../text";

interface StockRow {
  sku: string;
  name: string;
  available: number;
  incident: string;
  low: boolean;
}

/**
 * The incident of inventory row `i` whose stock has become low. It ends with the last stock movement, so one delivery causes one
 * alert, also if cancelled orders move the stock over the threshold and back. A correction is a movement of its own.
 */
const INCIDENT = Prisma.sql`'low_stock:' || i.product_id || ':' || coalesce(
  (SELECT m.id FROM stock_movements m WHERE m.product_id = i.product_id ORDER BY m.at DESC, m.id DESC LIMIT 1), 'initial')`;

/** Raises the alert of a product whose stock is low, or resolves it when the stock is not low any more. */
async function checkStock(productId: string): Promise<void> {
  const [stock] = await db().$queryRaw<StockRow[]>`
    SELECT p.sku, p.name, i.available, ${INCIDENT} AS incident, ${isLowStock()} AND p.active AS low
    FROM inventory i JOIN products p ON p.id = i.product_id WHERE i.product_id = ${productId}`;
  if (!stock) return;
  const { sku, name, available, incident, low } = stock;
  if (!low) {
    await db().alert.updateMany({
      where: { incident: { startsWith: escapeLike(`low_stock:${productId}:`) }, resolvedAt: null },
      data: { resolvedAt: now() },
    });
    return;
  }
  await raiseAlert({
    kind: "low_stock",
    incident,
    subject: `Low stock: ${name} (${sku}), ${available} available`,
    detail: { productId, sku, available },
    once: true,
  });
}

export const stockAlerts: Sweep = {
  name: "stock-alerts",
  description:
    "Alerts of products on sale whose stock has fallen to its threshold, and ends the alert when it has risen.",
  intervalMs: 10 * MINUTE,
  // A product that never had more than its threshold has not crossed it.
  find: () => Prisma.sql`
    SELECT i.product_id AS id FROM inventory i JOIN products p ON p.id = i.product_id
    WHERE p.active AND ${isLowStock()} AND i.received > ${lowStockThreshold()}
      AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.incident = ${INCIDENT})
    UNION ALL
    SELECT i.product_id FROM alerts a JOIN inventory i ON i.product_id = a.detail ->> 'productId' JOIN products p ON p.id = i.product_id
    WHERE a.kind = 'low_stock' AND a.resolved_at IS NULL AND NOT (p.active AND ${isLowStock()})`,
  repair: checkStock,
};
