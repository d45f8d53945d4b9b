import { Badge } from "@/app/ui/display";

/** The availability of a product. The number is shown only if the stock is low. */
export function StockNote({ available, low }: { available: number; low: boolean }) {
  if (available === 0) return <Badge tone="bad">Sold out</Badge>;
  if (low) return <Badge tone="warn">Only {available} left</Badge>;
  return <Badge tone="good">In stock</Badge>;
}
