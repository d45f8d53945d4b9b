import { timelineText } from "@/app/(store)/orders/[id]/status-text";
import { orNotFound } from "@/app/or-not-found";
import type { PageParams } from "@/app/page-props";
import { requireOperator } from "@/app/session";
import { Refresher } from "@/app/ui/refresher";
import { StatusBadge } from "@/app/ui/status-badge";
import { Badge, Card } from "@/app/ui/surface";
import { Timeline } from "@/app/ui/timeline";
import { Timestamp } from "@/app/ui/timestamp";
import { isOpen } from "@/lib/order-state/status";
import { inspectOrder } from "@/lib/orders/inspect-order";
import { OrderActions } from "./order-actions";
import { Messages, OrderSummary, Payments, Shipments } from "./sections";

export const metadata = { title: "Order" };

export default async function OrderPage({ params }: PageParams<"id">) {
  const { id } = await params;
  await requireOperator();
  const order = await orNotFound(inspectOrder(id));
  return (
    <div className="grid gap-6">
      {isOpen(order.status) || order.refunds.some(({ status }) => status === "pending") ? <Refresher /> : null}
      <header className="grid gap-1">
        <div className="flex flex-wrap items-center gap-3">
          <h1>Order {order.number}</h1>
          <StatusBadge status={order.status} />
          {order.review?.status === "held" ? <Badge tone="warn">held for review</Badge> : null}
        </div>
        <p className="flex flex-wrap items-center gap-x-4 text-muted">
          <span>
            Placed <Timestamp at={order.createdAt} />
          </span>
          <a className="inline-flex min-h-11 items-center text-accent underline" href={order.runUrl}>
            View run
          </a>
        </p>
      </header>
      <div className="grid items-start gap-6 *:min-w-0 xl:grid-cols-[1fr_20rem] xl:grid-rows-[auto_1fr] xl:has-[>:empty]:grid-cols-1">
        <OrderSummary order={order} />
        <OrderActions order={order} />
        <div className="grid gap-6">
          <Payments order={order} />
          <Shipments order={order} />
          <Messages order={order} />
          <Card>
            <h2 className="mb-3">Timeline</h2>
            <Timeline
              entries={order.timeline.map(({ type, at, data }) => ({
                text: timelineText(type, data),
                at: <Timestamp at={at} />,
              }))}
            />
          </Card>
        </div>
      </div>
    </div>
  );
}
