import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { tell } from "@/app/(store)/orders/[id]/story";
import { OrderBadge } from "@/app/console/order-badge";
import { requireOperator } from "@/app/session";
import { Refresher } from "@/app/ui/refresher";
import { Card } from "@/app/ui/surface";
import { Cell, Row, Table } from "@/app/ui/table";
import { When } from "@/app/ui/when";
import { AppError } from "@/lib/errors";
import { formatMoney } from "@/lib/money";
import { inspectOrder, type OrderInFull } from "@/lib/orders/inspect-order";
import { isOpen } from "@/lib/orders/state";
import { Deeds } from "./deeds";

export const metadata: Metadata = { title: "Order" };

export default async function OrderPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await requireOperator(`/console/orders/${id}`);
  const order = await inspectOrder(id).catch((error) =>
    error instanceof AppError ? notFound() : Promise.reject(error),
  );
  return (
    <div className="grid gap-6">
      {isOpen(order.status) || order.refunds.some(({ status }) => status === "pending") ? <Refresher /> : null}
      <header className="flex flex-wrap items-center gap-3">
        <h1>Order {order.number}</h1>
        <OrderBadge status={order.status} />
        <a className="text-accent underline" href={order.runUrl}>
          See its run
        </a>
      </header>
      <div className="grid items-start gap-6 xl:grid-cols-[1fr_24rem]">
        <div className="grid min-w-0 gap-6">
          <Facts order={order} />
          <Payments order={order} />
          <Mails order={order} />
          <Card>
            <h2 className="mb-3">Timeline</h2>
            <ol className="grid gap-2">
              {order.timeline.map(({ type, at, data }) => (
                <li className="flex flex-wrap justify-between gap-x-6" key={`${type}-${at}`}>
                  <span>{tell(type, data)}</span>
                  <When at={at} />
                </li>
              ))}
            </ol>
          </Card>
        </div>
        <Deeds order={order} />
      </div>
    </div>
  );
}

function Facts({ order }: { order: OrderInFull }) {
  const { customer, items, total, discount, shipment } = order;
  return (
    <Card className="grid gap-4">
      <p>
        {customer.name ?? "Somebody"}, <span className="text-muted">{customer.email}</span>
      </p>
      <ul className="grid gap-1">
        {items.map((item) => (
          <li className="flex justify-between gap-4" key={item.productId}>
            <span>
              {item.quantity} × {item.name}
            </span>
            <span className="tabular-nums">{formatMoney(item.total)}</span>
          </li>
        ))}
        {discount ? (
          <li className="flex justify-between gap-4 text-muted">
            <span>Coupon {discount.code}</span>
            <span className="tabular-nums">−{formatMoney(discount.amount)}</span>
          </li>
        ) : null}
        <li className="flex justify-between gap-4 border-line border-t pt-2 font-semibold">
          <span>Total</span>
          <span className="tabular-nums">{formatMoney(total)}</span>
        </li>
      </ul>
      {shipment?.parcels.map((parcel) => (
        <p className="text-sm" key={parcel.trackingNumber}>
          {parcel.carrier}{" "}
          {parcel.trackingUrl ? (
            <a className="text-accent underline" href={parcel.trackingUrl}>
              {parcel.trackingNumber}
            </a>
          ) : (
            parcel.trackingNumber
          )}
          <span className="text-muted"> · shipped </span>
          <When at={parcel.shippedAt} />
          {parcel.deliveredAt ? (
            <>
              <span className="text-muted"> · delivered </span>
              <When at={parcel.deliveredAt} />
            </>
          ) : null}
        </p>
      ))}
    </Card>
  );
}

function Payments({ order: { payments, refunds } }: { order: OrderInFull }) {
  if (payments.length === 0) return null;
  return (
    <Table
      caption="Payments and refunds"
      head={["Payment", "State", "Captured", "Refunded", "At Stripe", "When (UTC)"]}
    >
      {payments.map((payment) => (
        <Row key={payment.id}>
          <Cell>Attempt {payment.attempt}</Cell>
          <Cell>
            {payment.status.replaceAll("_", " ")}
            {payment.failureCode ? ` (${payment.failureCode.replaceAll("_", " ")})` : ""}
          </Cell>
          <Cell className="tabular-nums">{formatMoney(payment.captured)}</Cell>
          <Cell className="tabular-nums">{formatMoney(payment.refunded)}</Cell>
          <Cell className="font-mono text-xs">{payment.intentId ?? "—"}</Cell>
          <Cell>
            <When at={payment.at} />
          </Cell>
        </Row>
      ))}
      {refunds.map((refund) => (
        <Row key={refund.id}>
          <Cell>Refund: {refund.reason.replaceAll("_", " ")}</Cell>
          <Cell>{refund.status}</Cell>
          <Cell>{""}</Cell>
          <Cell className="tabular-nums">{formatMoney(refund.amount)}</Cell>
          <Cell>{""}</Cell>
          <Cell>
            <When at={refund.at} />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}

function Mails({ order: { mails } }: { order: OrderInFull }) {
  if (mails.length === 0) return null;
  return (
    <Table caption="Mails about this order" head={["Mail", "State", "When (UTC)"]}>
      {mails.map((mail) => (
        <Row key={mail.id}>
          <Cell>{mail.subject}</Cell>
          <Cell>{mail.lastEvent?.replace("email.", "") ?? mail.status}</Cell>
          <Cell>
            <When at={mail.at} />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}
