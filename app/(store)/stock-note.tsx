import { Badge } from "@/app/ui/surface";

/** How much is left, in words: exact only where it matters. */
export function StockNote({ available }: { available: number }) {
  if (available === 0) return <Badge tone="bad">Sold out</Badge>;
  if (available <= 5) return <Badge tone="warn">Only {available} left</Badge>;
  return <Badge tone="good">In stock</Badge>;
}
