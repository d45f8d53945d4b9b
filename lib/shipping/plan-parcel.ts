import type { FieldError } from "../errors";

export interface ParcelItem {
  productId: string;
  quantity: number;
}

/** A line of an order and what of it has left. */
export interface OpenLine extends ParcelItem {
  shipped: number;
}

/** What goes into a parcel and whether anything of the order is left after it, or what is wrong with the wish. */
export type ParcelPlan = { items: ParcelItem[]; complete: boolean } | { errors: FieldError[] };

/** Never more of anything than was ordered and is still here. Without a wish, all that is still here. Pure. */
export function planParcel(lines: OpenLine[], wanted?: ParcelItem[]): ParcelPlan {
  const left = new Map(lines.map(({ productId, quantity, shipped }) => [productId, quantity - shipped]));
  const items =
    wanted ?? lines.map(({ productId }) => ({ productId, quantity: left.get(productId) ?? 0 })).filter(hasSome);
  const errors = items.flatMap(({ productId, quantity }, index) => {
    const rest = left.get(productId);
    if (rest === undefined) return [{ path: `items.${index}.productId`, message: "is not part of this order" }];
    if (quantity > rest) return [{ path: `items.${index}.quantity`, message: `only ${rest} left to ship` }];
    return [];
  });
  if (errors.length > 0) return { errors };
  for (const { productId, quantity } of items) left.set(productId, (left.get(productId) ?? 0) - quantity);
  return { items, complete: [...left.values()].every((rest) => rest === 0) };
}

const hasSome = ({ quantity }: ParcelItem) => quantity > 0;

/** Whether two parcels hold the same, in whatever order. */
export function sameItems(a: ParcelItem[], b: ParcelItem[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ productId, quantity }) =>
      b.some((other) => other.productId === productId && other.quantity === quantity),
    )
  );
}
