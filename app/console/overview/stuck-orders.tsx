import { inWords } from "@/app/ui/duration";
import { Link } from "@/app/ui/link";
import { StatusBadge } from "@/app/ui/status-badge";
import { Card } from "@/app/ui/surface";
import type { StuckOrder } from "@/lib/console/stuck-orders";

/** Orders that should have come to their end by themselves, with how long they have not. */
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
              <Link className="font-medium text-accent underline" href={`/console/orders/${id}`}>
                Order {number}
              </Link>
              <StatusBadge status={status} />
              <span className="text-bad text-sm">
                {overdue ? "past its deadline for " : "no progress for "}
                {inWords(at.getTime() - since.getTime())}
              </span>
            </li>
          ))}
        </ul>
      )}
      {count > items.length ? <p className="mt-2 text-muted text-sm">And {count - items.length} more.</p> : null}
    </Card>
  );
}
