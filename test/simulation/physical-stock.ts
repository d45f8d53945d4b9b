import type { Cast } from "./act";

/**
 * Compares the stock with the units that are there: those that were received and have not shipped, without the items that a refund
 * returned to the stock before they shipped. Returns the products of which more is available, reserved, or sold and not shipped. The
 * refunded items of an order with a shipment may have come back by post, so they count as there.
 */
export async function checkPhysicalStock({ world }: Cast): Promise<string[]> {
  const rows = await world.sql<{ id: string; needed: number; onHand: number }>(
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
     SELECT i.product_id AS id, (i.available + i.reserved + coalesce(sum(l.open), 0))::int AS needed,
       (i.received - coalesce(sum(l.shipped), 0) - coalesce((SELECT units FROM returned r WHERE r.product_id = i.product_id), 0))::int AS "onHand"
     FROM inventory i LEFT JOIN left_over l ON l.product_id = i.product_id GROUP BY i.product_id`,
  );
  return rows
    .filter(({ needed, onHand }) => needed > onHand)
    .map(
      ({ id, needed, onHand }) =>
        `${needed} units of ${id} are available, reserved or to be shipped, and ${onHand} are there`,
    );
}
