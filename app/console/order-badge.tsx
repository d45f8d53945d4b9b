import { Badge, type Tone } from "@/app/ui/surface";
import type { OrderStatus } from "@/prisma/generated/enums";

const TONES: Record<OrderStatus, Tone> = {
  pending: "warn",
  awaiting_payment: "warn",
  confirmed: "good",
  shipped: "good",
  delivered: "good",
  cancelled: "neutral",
  failed: "bad",
  refunded: "neutral",
};

export function OrderBadge({ status }: { status: OrderStatus }) {
  return <Badge tone={TONES[status]}>{status.replaceAll("_", " ")}</Badge>;
}
