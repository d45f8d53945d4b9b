import { Card, Stat, StatusBadge } from "@/app/ui/display";
import { formatDuration } from "@/app/ui/format-time";
import { Link, TextLink } from "@/app/ui/link";
import type { Overview, StuckOrder } from "@/lib/console/overview";
import { MAX_OUTBOX_AGE_MS } from "@/lib/health/check-health";
import { inWords } from "@/lib/in-words";

type ProcessingProps = { stuck: number; at: Date } & Pick<Overview, "unsent">;

/** The figures of what is being processed: stuck orders and the outbox. */
export function ProcessingFigures({ stuck, unsent, at }: ProcessingProps) {
  const age = unsent.since ? at.getTime() - unsent.since.getTime() : 0;
  const late = age > MAX_OUTBOX_AGE_MS;
  return (
    <div className="grid grid-cols-2 gap-4">
      <Stat
        label="Stuck orders"
        note={stuck > 0 ? "✗ listed below" : "✓ none"}
        value={String(stuck)}
        warn={stuck > 0}
      />
      <Stat
        label="Oldest unsent event"
        note={unsent.count > 0 ? `${late ? "✗" : "✓"} ${unsent.count} not sent yet` : "✓ every event is sent"}
        value={unsent.since ? formatDuration(age) : "—"}
        warn={late}
      />
    </div>
  );
}

/** Open orders past their deadline or without progress, with the duration. */
export function StuckOrders({ items, count, at }: { items: StuckOrder[]; count: number; at: Date }) {
  return (
    <Card title="Stuck orders">
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
      {count > items.length ? <p className="text-muted text-sm">And {count - items.length} more.</p> : null}
    </Card>
  );
}

/** The number of orders in each status. Each status links to its orders. */
export function OrdersByStatus({ ordersByStatus }: Pick<Overview, "ordersByStatus">) {
  const max = Math.max(...ordersByStatus.map(({ count }) => count), 1);
  return (
    <Card title="Orders by status">
      {ordersByStatus.length === 0 ? <p className="text-muted">No orders yet.</p> : null}
      <ul className="grid gap-1">
        {ordersByStatus.map(({ status, count, more }) => (
          <li key={status}>
            <Link
              className="grid min-h-11 grid-cols-[10rem_1fr_auto] items-center gap-3 rounded-lg px-2 hover:bg-raised"
              href={`/console/orders?status=${status}`}
            >
              <span className="text-accent underline">{inWords(status)}</span>
              <span aria-hidden className="h-2 rounded-full bg-raised">
                <span className="block h-2 rounded-full bg-accent" style={{ width: `${(100 * count) / max}%` }} />
              </span>
              <span className="font-medium tabular-nums">
                {more ? "more than " : ""}
                {count.toLocaleString("en")}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
