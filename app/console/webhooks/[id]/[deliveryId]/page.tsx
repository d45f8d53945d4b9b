import { cache } from "react";
import { consolePage, recordTitle } from "@/app/console/console-page";
import { resend } from "@/app/console/webhooks/actions";
import { ActionForm } from "@/app/ui/action-form";
import { Card, Empty, PageContent, StatusBadge, Titled } from "@/app/ui/display";
import { Table } from "@/app/ui/list";
import { Refresher } from "@/app/ui/refresher";
import { Timestamp } from "@/app/ui/timestamp";
import { getDelivery } from "@/lib/webhooks-out/deliveries";

const load = cache(getDelivery);

export const generateMetadata = recordTitle<"id" | "deliveryId">(
  async ({ id, deliveryId }, operator) => `Delivery of ${(await load(operator.id, id, deliveryId)).event}`,
);

export default consolePage<never, "id" | "deliveryId">(async ({ id, deliveryId }, operator) => {
  const delivery = await load(operator.id, id, deliveryId);
  const pending = delivery.status === "pending";
  return (
    <PageContent
      trail={[
        { href: "/console/webhooks", label: "Webhooks" },
        { href: `/console/webhooks/${id}`, label: "Deliveries" },
      ]}
      title={delivery.event}
      beside={<StatusBadge status={delivery.status} />}
      className="max-w-4xl"
    >
      {pending ? <Refresher /> : null}
      <Table
        title="Attempts"
        columns={(column) => [
          column("Attempt", ({ attempt }) => `Attempt ${attempt}`),
          column("Response", ({ status }) => status ?? "none"),
          column("Result", ({ detail, status }) => detail || (status && status < 300 ? "Accepted" : "—")),
          column("Duration", ({ durationMs }) => `${durationMs} ms`),
          column("Time", ({ at }) => <Timestamp at={at} />),
        ]}
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
    </PageContent>
  );
});
