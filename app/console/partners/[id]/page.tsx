import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { again } from "@/app/console/partners/actions";
import { StateBadge } from "@/app/console/state-badge";
import { requireOperator } from "@/app/session";
import { ActionForm } from "@/app/ui/action-form";
import { Pager } from "@/app/ui/pager";
import { Empty } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { When } from "@/app/ui/when";
import { AppError } from "@/lib/errors";
import { listDeliveries } from "@/lib/partners/deliveries";

export const metadata: Metadata = { title: "Deliveries" };

type Props = { params: Promise<{ id: string }>; searchParams: Promise<{ cursor?: string }> };

export default async function DeliveriesPage({ params, searchParams }: Props) {
  const [{ id }, { cursor }] = [await params, await searchParams];
  const operator = await requireOperator(`/console/partners/${id}`);
  const { items, nextCursor } = await listDeliveries(operator.id, id, { limit: 50, cursor }).catch((error) =>
    error instanceof AppError ? notFound() : Promise.reject(error),
  );
  return (
    <div className="grid gap-6">
      <h1>Deliveries</h1>
      {items.length === 0 ? (
        <Empty title="Nothing has been delivered yet." />
      ) : (
        <Table
          caption="Deliveries, newest first"
          columns={[
            { head: "Event", cell: ({ event }) => event },
            { head: "State", cell: ({ status }) => <StateBadge state={status} /> },
            { head: "Tries", cell: ({ attempts }) => attempts, className: "tabular-nums" },
            { head: "Begun (UTC)", cell: ({ createdAt }) => <When at={createdAt} /> },
            { head: "Ended (UTC)", cell: ({ endedAt }) => <When at={endedAt} /> },
            {
              head: "Once more",
              cell: (delivery) =>
                delivery.status === "pending" ? null : (
                  <ActionForm action={again} kind="quiet" submit="Send it again">
                    <input name="id" type="hidden" value={delivery.id} />
                    <input name="endpointId" type="hidden" value={id} />
                  </ActionForm>
                ),
            },
          ]}
          keyOf={(delivery) => delivery.id}
          rows={items}
        />
      )}
      <Pager nextCursor={nextCursor} />
    </div>
  );
}
