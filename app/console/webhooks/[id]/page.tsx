import { orNotFound } from "@/app/or-not-found";
import type { PageParams, PageQuery } from "@/app/page-props";
import { requireOperator } from "@/app/session";
import { TextLink } from "@/app/ui/link";
import { Pager } from "@/app/ui/pager";
import { StatusBadge } from "@/app/ui/status-badge";
import { Empty } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { Timestamp } from "@/app/ui/timestamp";
import { listDeliveries } from "@/lib/webhooks-out/deliveries";

export const metadata = { title: "Deliveries" };

export default async function DeliveriesPage({ params, searchParams }: PageParams<"id"> & PageQuery<"cursor">) {
  const [{ id }, { cursor }] = [await params, await searchParams];
  const operator = await requireOperator();
  const { items, nextCursor } = await orNotFound(listDeliveries(operator.id, id, { limit: 50, cursor }));
  return (
    <div className="grid gap-6">
      <h1>Deliveries</h1>
      <Table
        caption="Deliveries, newest first"
        columns={(column) => [
          column("Event", (delivery) => (
            <TextLink href={`/console/webhooks/${id}/${delivery.id}`}>{delivery.event}</TextLink>
          )),
          column("Status", ({ status }) => <StatusBadge status={status} />),
          column("Attempts", ({ attempts }) => attempts),
          column("Started (UTC)", ({ createdAt }) => <Timestamp at={createdAt} />),
          column("Completed (UTC)", ({ endedAt }) => <Timestamp at={endedAt} />),
        ]}
        keyOf={(delivery) => delivery.id}
        rows={items}
        empty={<Empty title="No deliveries yet">Deliveries appear here after the next subscribed event.</Empty>}
      />
      <Pager nextCursor={nextCursor} />
    </div>
  );
}
