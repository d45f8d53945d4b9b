import type { Cast } from "./act";

/**
 * Counts the units as a warehouse would: what was received and has not left, without the pieces that a refund returned before they
 * had left. Returns the products of which more is promised: available, reserved, or sold and still to be shipped.
 */
export async function countShelf({ world }: Cast): Promise<string[]> {
  const rows = await world.sql<{ id: string; promised: number; there: number }>(
    `WITH left_over AS (
       SELECT l.order_id, l.product_id, coalesce(gone.units, 0) AS shipped,
         CASE WHEN o.status IN ('confirmed', 'shipped', 'delivered')
           THEN greatest(0, l.quantity - l.cancelled - coalesce(gone.units, 0) - paid_back.units) ELSE 0 END AS open
       FROM order_lines l JOIN orders o ON o.id = l.order_id
       LEFT JOIN LATERAL (SELECT sum(i.quantity) AS units FROM shipments s JOIN shipment_items i ON i.shipment_id = s.id
         WHERE s.order_id = l.order_id AND i.product_id = l.product_id) gone ON true
       CROSS JOIN LATERAL (SELECT coalesce(sum((i ->> 'quantity')::int), 0) AS units
         FROM refunds r, jsonb_array_elements(r.items) i WHERE r.order_id = l.order_id AND i ->> 'productId' = l.product_id) paid_back
     ), returned AS (
       SELECT m.product_id, sum(m.delta) AS units FROM stock_movements m
       JOIN orders o ON o.number = substring(m.reason FROM 'order ([0-9]+) was refunded')::int
       WHERE NOT EXISTS (SELECT 1 FROM shipments s WHERE s.order_id = o.id) GROUP BY 1
     )
     SELECT i.product_id AS id, (i.available + i.reserved + coalesce(sum(l.open), 0))::int AS promised,
       (i.received - coalesce(sum(l.shipped), 0) - coalesce((SELECT units FROM returned r WHERE r.product_id = i.product_id), 0))::int AS there
     FROM inventory i LEFT JOIN left_over l ON l.product_id = i.product_id GROUP BY i.product_id`,
  );
  return rows
    .filter(({ promised, there }) => promised > there)
    .map(({ id, promised, there }) => `${promised} units of ${id} are promised, and ${there} are there`);
}
