import type { Metadata } from "next";
import { orNotFound } from "@/app/or-not-found";
import { viewer } from "@/app/session";
import { Button } from "@/app/ui/button";
import { Ask } from "@/app/ui/disclosure";
import { LocalTime } from "@/app/ui/local-time";
import { Badge, Card, Message } from "@/app/ui/surface";
import { Timeline } from "@/app/ui/timeline";
import { viewOrder } from "@/lib/orders/view-order";
import { cancel } from "./actions";
import { Items } from "./items";
import { NextStep } from "./next-step";
import { OrderPoller } from "./order-poller";
import { Parcels } from "./parcels";
import { pollInterval, STATUS, statusText, timelineText } from "./status-text";
import { Steps } from "./steps";

export const metadata: Metadata = { title: "Your order", robots: { index: false }, referrer: "no-referrer" };

type Props = { params: Promise<{ id: string }>; searchParams: Promise<{ token?: string; notice?: string }> };

export default async function OrderPage({ params, searchParams }: Props) {
  const [{ id }, { token = "", notice }] = [await params, await searchParams];
  const order = await orNotFound(viewOrder(id, token ? { token } : { viewer: await viewer() }));
  const { label, tone } = STATUS[order.status];
  const every = pollInterval(order);
  return (
    <div className="mx-auto grid max-w-3xl gap-6">
      {every ? (
        <>
          <OrderPoller address={`/api/orders/${id}?token=${token}`} every={every} seen={order.timeline.length} />
          <noscript>
            <meta content={String(Math.max(4, every / 1_000))} httpEquiv="refresh" />
          </noscript>
        </>
      ) : null}
      <header className="grid gap-3">
        <div className="flex flex-wrap items-center gap-3">
          <h1>Order {order.number}</h1>
          <Badge tone={tone}>{label}</Badge>
        </div>
        <p aria-live="polite" className="text-muted">
          {statusText(order)}
        </p>
      </header>
      <Steps status={order.status} />
      {notice === "coupon_used" ? (
        <Message title="Coupon already used" tone="warn">
          You used this coupon for another order. Place a new order to pay without the coupon.
        </Message>
      ) : null}
      <NextStep order={order} token={token} />
      <Parcels shipment={order.shipment} />
      <Items order={order} />
      <Card>
        <h2 className="mb-3">Timeline</h2>
        <Timeline
          entries={order.timeline.map(({ type, at, data }) => ({ what: timelineText(type, data), at: <LocalTime at={at} /> }))}
        />
      </Card>
      {order.cancellable ? (
        <Ask
          label="Cancel this order"
          question="This cancels the order and refunds your payment in full."
        >
          <form action={cancel}>
            <input name="id" type="hidden" value={id} />
            <input name="token" type="hidden" value={token} />
            <Button kind="danger" type="submit">
              Yes, cancel the order
            </Button>
          </form>
        </Ask>
      ) : null}
    </div>
  );
}
