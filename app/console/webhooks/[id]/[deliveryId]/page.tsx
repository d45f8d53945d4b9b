import type { Metadata } from "next";
import { again } from "@/app/console/webhooks/actions";
import { orNotFound } from "@/app/or-not-found";
import { requireOperator } from "@/app/session";
import { ActionForm } from "@/app/ui/action-form";
import { Link } from "@/app/ui/link";
import { Refresher } from "@/app/ui/refresher";
import { StatusBadge } from "@/app/ui/status-badge";
import { Card, Empty, Titled } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { Timestamp } from "@/app/ui/timestamp";
import { getDelivery } from "@/lib/webhooks-out/deliveries";

export const metadata: Metadata = { title: "Delivery" };

/** What one system was told, call by call. */
export default async function DeliveryPage({ params }: { params: Promise<{ id: string; deliveryId: string }> }) {
  const { id, deliveryId } = await params;
  const operator = await requireOperator();
  const delivery = await orNotFound(getDelivery(operator.id, id, deliveryId));
  const moving = delivery.status === "pending";
  return (
    <div className="grid max-w-4xl gap-6">
      {moving ? <Refresher /> : null}
      <header className="grid gap-1">
        <div className="flex flex-wrap items-center gap-3">
          <h1>{delivery.event}</h1>
          <StatusBadge status={delivery.status} />
        </div>
        <p>
          <Link className="text-accent underline" href={`/console/webhooks/${id}`}>
            All deliveries of this endpoint
          </Link>
        </p>
      </header>
      <Titled title="Attempts">
        {delivery.log.length === 0 ? (
          <Empty title="No attempts yet">The first attempt starts in a moment.</Empty>
        ) : null}
        {delivery.log.length > 0 ? (
          <Table
            caption="Attempts"
            columns={[
              { head: "Attempt", cell: ({ attempt }) => `Attempt ${attempt}` },
              { head: "Response", cell: ({ status }) => status ?? "none", className: "tabular-nums" },
              {
                head: "Result",
                cell: ({ detail, status }) => detail || (status && status < 300 ? "Accepted" : "—"),
              },
              { head: "Duration", cell: ({ durationMs }) => `${durationMs} ms`, className: "tabular-nums" },
              { head: "Time (UTC)", cell: ({ at }) => <Timestamp at={at} /> },
            ]}
            keyOf={({ attempt }) => attempt}
            rows={delivery.log}
          />
        ) : null}
      </Titled>
      <Titled title="Request body">
        <Card>
          <pre className="whitespace-pre-wrap text-sm wrap-anywhere">{JSON.stringify(delivery.body, null, 2)}</pre>
        </Card>
      </Titled>
      {moving ? null : (
        <ActionForm action={again} kind="quiet" submit="Resend">
          <input name="id" type="hidden" value={delivery.id} />
          <input name="endpointId" type="hidden" value={id} />
        </ActionForm>
      )}
    </div>
  );
}
