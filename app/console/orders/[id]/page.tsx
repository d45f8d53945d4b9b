import { cache } from "react";
import { consolePage, recordTitle } from "@/app/console/console-page";
import { Copyable } from "@/app/ui/copyable";
import { Badge, PageContent, StatusBadge } from "@/app/ui/display";
import { TextLink } from "@/app/ui/link";
import { LiveOrder } from "@/app/ui/live-progress";
import { Refresher } from "@/app/ui/refresher";
import { Timeline } from "@/app/ui/timeline";
import { Timestamp } from "@/app/ui/timestamp";
import { hasReceipt, isOpen } from "@/lib/order-state/status";
import { inspectOrder, type OrderDetails } from "@/lib/orders/inspect-order";
import { lastCarrier } from "@/lib/shipping/view-shipment";
import { Notes } from "../../notes";
import { note } from "../actions";
import { OrderActions } from "./order-actions";
import { OrderTags } from "./order-tags";
import { Messages, OrderSummary, Payments, Runs, Shipments } from "./sections";

const load = cache(inspectOrder);

export const generateMetadata = recordTitle<"id">(async ({ id }) => `Order ${(await load(id)).number}`);

export default consolePage<never, "id">(async ({ id }) => {
  const [order, carrier] = await Promise.all([load(id), lastCarrier()]);
  const active = isOpen(order.status) || order.refunds.some(({ status }) => status === "pending");
  return (
    <PageContent
      trail={[{ href: "/console/orders", label: "Orders" }]}
      title={`Order ${order.number}`}
      beside={
        <>
          <StatusBadge status={order.status} />
          {order.review?.status === "held" && isOpen(order.status) ? <Badge tone="warn">Held for review</Badge> : null}
        </>
      }
    >
      <LiveOrder id={id} poller={active ? <Refresher /> : null} />
      <p className="flex flex-wrap items-center gap-x-4 text-muted">
        <span>
          Placed {placedBy(order)} <Timestamp at={order.createdAt} />
        </span>
        <Copyable label="order id" text={id}>
          <span className="font-mono text-xs">{id}</span>
        </Copyable>
        <a className="inline-flex min-h-11 items-center text-accent underline" href={order.runUrl}>
          View run
        </a>
        <TextLink className="inline-flex min-h-11 items-center" href={`/console/orders/${id}/packing-slip`}>
          Packing slip
        </TextLink>
        {hasReceipt(order) ? (
          <TextLink className="inline-flex min-h-11 items-center" href={`/orders/${id}/receipt`}>
            Receipt
          </TextLink>
        ) : null}
      </p>
      <div className="grid items-start gap-6 *:min-w-0 xl:grid-cols-[1fr_20rem] xl:grid-rows-[auto_1fr] xl:has-[>:empty]:grid-cols-1">
        <OrderSummary {...order} />
        <OrderActions carrier={carrier} order={order} />
        <div className="grid gap-6">
          <Payments {...order} />
          <Shipments {...order} />
          <Messages {...order} />
          <Runs {...order} />
          <OrderTags {...order} />
          <Notes action={note} hidden={{ id }} notes={order.notes} />
          <Timeline events={order.timeline} Time={Timestamp} />
        </div>
      </div>
    </PageContent>
  );
});

function placedBy({ placedBy, externalId }: OrderDetails): string {
  if (placedBy) return `by the API key ${placedBy.name}`;
  return externalId === null ? "by the customer" : `by a storefront, as ${externalId}`;
}
