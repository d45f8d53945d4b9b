import { resend } from "@/app/console/webhooks/actions";
import { orNotFound } from "@/app/or-not-found";
import type { PageParams } from "@/app/page-props";
import { requireOperator } from "@/app/session";
import { ActionForm } from "@/app/ui/action-form";
import { TextLink } from "@/app/ui/link";
import { Refresher } from "@/app/ui/refresher";
import { StatusBadge } from "@/app/ui/status-badge";
import { Card, Empty, Titled } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { Timestamp } from "@/app/ui/timestamp";
import { getDelivery } from "@/lib/webhooks-out/deliveries";

export const metadata = { title: "Delivery" };

export default async function DeliveryPage({ params }: PageParams<"id" | "deliveryId">) {
  const { id, deliveryId } = await params;
  const operator = await requireOperator();
  const delivery = await orNotFound(getDelivery(operator.id, id, deliveryId));
  const pending = delivery.status === "pending";
  return (
    <div className="grid max-w-4xl gap-6">
      {pending ? <Refresher /> : null}
      <header className="grid gap-1">
        <div className="flex flex-wrap items-center gap-3">
          <h1>{delivery.event}</h1>
          <StatusBadge status={delivery.status} />
        </div>
        <p>
          <TextLink href={`/console/webhooks/${id}`}>All deliveries of this endpoint</TextLink>
        </p>
      </header>
      <Table
        title="Attempts"
        columns={(column) => [
          column("Attempt", ({ attempt }) => `Attempt ${attempt}`),
          column("Response", ({ status }) => status ?? "none"),
          column("Result", ({ detail, status }) => detail || (status && status < 300 ? "Accepted" : "—")),
          column("Duration", ({ durationMs }) => `${durationMs} ms`),
          column("Time (UTC)", ({ at }) => <Timestamp at={at} />),
        ]}
        keyOf={({ attempt }) => attempt}
        rows={delivery.log}
        empty={<Empty title="No attempts yet">The first attempt starts in a moment.</Empty>}
      />
      <Titled title="Request body">
        <Card>
          <pre className="whitespace-pre-wrap text-sm wrap-anywhere">{JSON.stringify(delivery.body, null, 2)}</pre>
        </Card>
      </Titled>
      {pending ? null : (
        <ActionForm action={resend} hidden={{ id: delivery.id, endpointId: id }} kind="quiet" submit="Resend" />
      )}
    </div>
  );
}
