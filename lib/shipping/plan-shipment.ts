import type { FieldError } from "../errors";
import type { ShipmentItem } from "./view-shipment";

/** An order line and how many of its items have shipped. */
export interface OpenLine extends ShipmentItem {
  shipped: number;
}

/** The items of a shipment and whether it completes the order, or the errors of the request. */
export type ShipmentPlan = { items: ShipmentItem[]; complete: boolean } | { errors: FieldError[] };

/** Plans a shipment: the requested items, or all that are left. It never holds more than was ordered and is left. Pure. */
export function planShipment(lines: OpenLine[], requested?: ShipmentItem[]): ShipmentPlan {
  const left = new Map(lines.map(({ productId, quantity, shipped }) => [productId, quantity - shipped]));
  const rest = [...left].map(([productId, quantity]) => ({ productId, quantity }));
  const items = requested ?? rest.filter(({ quantity }) => quantity > 0);
  const errors = items.flatMap(({ productId, quantity }, index) => {
    const available = left.get(productId);
    if (available === undefined) return [{ path: `items.${index}.productId`, message: "is not part of this order" }];
    if (quantity > available) return [{ path: `items.${index}.quantity`, message: `only ${available} left to ship` }];
    return [];
  });
  if (errors.length > 0) return { errors };
  for (const { productId, quantity } of items) left.set(productId, (left.get(productId) ?? 0) - quantity);
  return { items, complete: [...left.values()].every((quantity) => quantity === 0) };
}

/** Returns whether two shipments hold the same items, in any order. */
export function sameItems(a: ShipmentItem[], b: ShipmentItem[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ productId, quantity }) =>
      b.some((other) => other.productId === productId && other.quantity === quantity),
    )
  );
}
