import { Badge } from "@/app/ui/display";

/** The availability of a product. The number is shown only if it is low. */
export function StockNote({ available }: { available: number }) {
  if (available === 0) return <Badge tone="bad">Sold out</Badge>;
  if (available <= 5) return <Badge tone="warn">Only {available} left</Badge>;
  return <Badge tone="good">In stock</Badge>;
}
