import { STATUS } from "@/app/(store)/orders/[id]/status-text";
import { TextLink } from "@/app/ui/link";
import { LocalTime } from "@/app/ui/local-time";
import { Pager } from "@/app/ui/pager";
import { Badge, Card } from "@/app/ui/surface";
import { formatMoney } from "@/lib/money";
import { listOrders } from "@/lib/orders/list-orders";

/** The orders of a user, newest first. */
export async function OrderList({ userId, cursor }: { userId: string; cursor?: string }) {
  const { items, nextCursor } = await listOrders({ limit: 10, cursor }, userId);
  return (
    <Card>
      <h2 className="mb-3">Orders</h2>
      {items.length === 0 ? (
        <p className="text-muted">
          You have no orders yet. <TextLink href="/">Browse products</TextLink>
        </p>
      ) : null}
      <ul className="divide-y divide-line">
        {items.map((order) => (
          <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-3" key={order.id}>
            <TextLink className="font-medium" href={`/orders/${order.id}`}>
              Order {order.number}
            </TextLink>
            <Badge tone={STATUS[order.status].tone}>{STATUS[order.status].label}</Badge>
            <span className="text-muted text-sm">
              <LocalTime at={order.createdAt} />
            </span>
            <span className="ml-auto tabular-nums">{formatMoney(order.total)}</span>
          </li>
        ))}
      </ul>
      <Pager nextCursor={nextCursor} />
    </Card>
  );
}
