import type { Metadata } from "next";
import { found } from "@/app/or-not-found";
import { requireOperator } from "@/app/session";
import { Link } from "@/app/ui/link";
import { Pager } from "@/app/ui/pager";
import { StateBadge } from "@/app/ui/status-badge";
import { Empty } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { When } from "@/app/ui/timestamp";
import { listDeliveries } from "@/lib/webhooks-out/deliveries";

export const metadata: Metadata = { title: "Deliveries" };

type Props = { params: Promise<{ id: string }>; searchParams: Promise<{ cursor?: string }> };

export default async function DeliveriesPage({ params, searchParams }: Props) {
  const [{ id }, { cursor }] = [await params, await searchParams];
  const operator = await requireOperator();
  const { items, nextCursor } = await found(listDeliveries(operator.id, id, { limit: 50, cursor }));
  return (
    <div className="grid gap-6">
      <h1>Deliveries</h1>
      {items.length === 0 ? (
        <Empty title="Nothing has been delivered yet.">The next order that is confirmed will be.</Empty>
      ) : (
        <Table
          caption="Deliveries, newest first"
          columns={[
            {
              head: "Event",
              cell: (delivery) => (
                <Link className="text-accent underline" href={`/console/webhooks/${id}/${delivery.id}`}>
                  {delivery.event}
                </Link>
              ),
            },
            { head: "State", cell: ({ status }) => <StateBadge state={status} /> },
            { head: "Calls", cell: ({ attempts }) => attempts, className: "tabular-nums" },
            { head: "Begun (UTC)", cell: ({ createdAt }) => <When at={createdAt} /> },
            { head: "Ended (UTC)", cell: ({ endedAt }) => <When at={endedAt} /> },
          ]}
          keyOf={(delivery) => delivery.id}
          rows={items}
        />
      )}
      <Pager nextCursor={nextCursor} />
    </div>
  );
}
