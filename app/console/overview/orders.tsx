import { formatDuration } from "@/app/ui/format-time";
import { Link, TextLink } from "@/app/ui/link";
import { StatusBadge } from "@/app/ui/status-badge";
import { Card } from "@/app/ui/surface";
import type { Overview } from "@/lib/console/overview";
import type { StuckOrder } from "@/lib/console/stuck-orders";

/** Open orders past their deadline or without progress, with the duration. */
export function StuckOrders({ items, count, at }: { items: StuckOrder[]; count: number; at: Date }) {
  return (
    <Card>
      <h2 className="mb-3">Stuck orders</h2>
      {count === 0 ? (
        <p className="text-muted">No stuck orders. Every open order is in progress or within its deadline.</p>
      ) : (
        <ul className="divide-y divide-line">
          {items.map(({ id, number, status, overdue, since }) => (
            <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2" key={id}>
              <TextLink className="font-medium" href={`/console/orders/${id}`}>
                Order {number}
              </TextLink>
              <StatusBadge status={status} />
              <span className="text-bad text-sm">
                {overdue ? "past its deadline for " : "no progress for "}
                {formatDuration(at.getTime() - since.getTime())}
              </span>
            </li>
          ))}
        </ul>
      )}
      {count > items.length ? <p className="mt-2 text-muted text-sm">And {count - items.length} more.</p> : null}
    </Card>
  );
}

/** The number of orders in each status. Each status links to its orders. */
export function OrdersByStatus({ ordersByStatus, held }: Pick<Overview, "ordersByStatus" | "held">) {
  const max = Math.max(...ordersByStatus.map(({ count }) => count), 1);
  return (
    <Card>
      <h2 className="mb-3">Orders by status</h2>
      {ordersByStatus.length === 0 ? <p className="text-muted">No orders yet.</p> : null}
      <ul className="grid gap-1">
        {ordersByStatus.map(({ status, count }) => (
          <li key={status}>
            <Link
              className="grid min-h-11 grid-cols-[10rem_1fr_auto] items-center gap-3 rounded-lg px-2 hover:bg-raised"
              href={`/console/orders?status=${status}`}
            >
              <span className="text-accent underline">{status.replaceAll("_", " ")}</span>
              <span aria-hidden className="h-2 rounded-full bg-raised">
                <span className="block h-2 rounded-full bg-accent" style={{ width: `${(100 * count) / max}%` }} />
              </span>
              <span className="font-medium tabular-nums">{count}</span>
            </Link>
          </li>
        ))}
      </ul>
      {held > 0 ? (
        <p className="mt-3">
          <TextLink href="/console/orders?status=held">{held} held for review</TextLink>
        </p>
      ) : null}
    </Card>
  );
}
