import { Link } from "@/app/ui/link";
import { Card } from "@/app/ui/surface";
import type { Overview } from "@/lib/console/overview";

/** How many orders are in which state; each leads to its list. */
export function OrdersByStatus({ states, held }: { states: Overview["ordersByStatus"]; held: number }) {
  const most = Math.max(...states.map(({ count }) => count), 1);
  return (
    <Card>
      <h2 className="mb-3">Orders by status</h2>
      {states.length === 0 ? <p className="text-muted">No orders yet.</p> : null}
      <ul className="grid gap-1">
        {states.map(({ status, count }) => (
          <li key={status}>
            <Link
              className="grid min-h-11 grid-cols-[10rem_1fr_auto] items-center gap-3 rounded-lg px-2 hover:bg-raised"
              href={`/console/orders?status=${status}`}
            >
              <span className="text-accent underline">{status.replaceAll("_", " ")}</span>
              <span aria-hidden className="h-2 rounded-full bg-raised">
                <span className="block h-2 rounded-full bg-accent" style={{ width: `${(100 * count) / most}%` }} />
              </span>
              <span className="font-medium tabular-nums">{count}</span>
            </Link>
          </li>
        ))}
      </ul>
      {held > 0 ? (
        <p className="mt-3">
          <Link className="text-accent underline" href="/console/orders?status=held">
            {held} held for review
          </Link>
        </p>
      ) : null}
    </Card>
  );
}
