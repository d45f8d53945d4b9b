import { consolePage } from "@/app/console/console-page";
import { Empty, PageContent, StatusBadge } from "@/app/ui/display";
import { TextLink } from "@/app/ui/link";
import { Table } from "@/app/ui/list";
import { Pager } from "@/app/ui/list-links";
import { Timestamp } from "@/app/ui/timestamp";
import { countDeliveries, listDeliveries } from "@/lib/webhooks-out/deliveries";

export const metadata = { title: "Deliveries" };

export default consolePage<"cursor", "id">(async ({ id, cursor }, operator) => {
  const [{ items, nextCursor }, rows] = await Promise.all([
    listDeliveries(operator.id, id, { limit: 50, cursor }),
    countDeliveries(operator.id, id),
  ]);
  return (
    <PageContent trail={[{ href: "/console/webhooks", label: "Webhooks" }]} title="Deliveries">
      <Table
        caption="Deliveries, newest first"
        columns={(column) => [
          column("Event", (delivery) => (
            <TextLink href={`/console/webhooks/${id}/${delivery.id}`}>{delivery.event}</TextLink>
          )),
          column("Status", ({ status }) => <StatusBadge status={status} />),
          column("Attempts", ({ attempts }) => attempts),
          column("Started", ({ createdAt }) => <Timestamp at={createdAt} />),
          column("Completed", ({ endedAt }) => <Timestamp at={endedAt} />),
        ]}
        rows={items}
        empty={<Empty title="No deliveries yet">Deliveries appear here after the next subscribed event.</Empty>}
      />
      <Pager nextCursor={nextCursor} rows={rows} shown={items.length} />
    </PageContent>
  );
});
