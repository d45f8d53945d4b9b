import { z } from "zod";
import type { Prisma, Tx } from "../db";

/** Items of one product. */
export interface Items {
  productId: string;
  quantity: number;
}

const itemsSchema = z.array(z.object({ productId: z.string(), quantity: z.int() }));

/** What decides about a line: the items that were ordered, shipped, cancelled, and paid back before they shipped. */
const LINE_PARTS = {
  lines: {
    orderBy: { position: "asc" },
    select: { productId: true, quantity: true, cancelled: true, unitAmount: true },
  },
  refunds: { select: { items: true } },
  shipments: { select: { items: { select: { productId: true, quantity: true } } } },
} as const satisfies Prisma.OrderSelect;

interface LineParts {
  lines: { productId: string; quantity: number; cancelled: number }[];
  refunds: { items: unknown }[];
  shipments: { items: Items[] }[];
}

/** An order line with the number of its items in each state. */
export interface LineState extends Items {
  shipped: number;
  /** Cancelled, or paid back before they shipped, also if the refund is pending or has failed. They are not shipped. */
  withheld: number;
}

/** Returns the state of each line of an order. Pure. */
export function lineStates<T extends LineParts["lines"][number]>(
  order: Omit<LineParts, "lines"> & { lines: T[] },
): (T & LineState)[] {
  const shipped = countItems(order.shipments.flatMap(({ items }) => items));
  const refunded = countItems(order.refunds.flatMap(({ items }) => itemsSchema.parse(items)));
  return order.lines.map((line) => ({
    ...line,
    shipped: shipped.get(line.productId) ?? 0,
    withheld: line.cancelled + (refunded.get(line.productId) ?? 0),
  }));
}

function countItems(items: Items[]): Map<string, number> {
  const count = new Map<string, number>();
  for (const { productId, quantity } of items) count.set(productId, (count.get(productId) ?? 0) + quantity);
  return count;
}

/** Returns whether two lists hold the same items, in any order. Pure. */
export function sameItems(a: Items[], b: Items[]): boolean {
  const quantities = countItems(b);
  return a.length === b.length && a.every(({ productId, quantity }) => quantities.get(productId) === quantity);
}

/** Returns the items of an order that can still be shipped. Pure. */
export const openItems = (lines: LineState[]): Items[] =>
  lines
    .map(({ productId, quantity, shipped, withheld }) => ({ productId, quantity: quantity - shipped - withheld }))
    .filter(({ quantity }) => quantity > 0);

/** Reads the lines of an order within a transaction that holds the order's lock. */
export async function readLines(tx: Tx, orderId: string) {
  return lineStates(await tx.order.findUniqueOrThrow({ where: { id: orderId }, select: LINE_PARTS }));
}
