import type { Metadata } from "next";
import { Payment } from "@/app/(store)/checkout/payment-choice";
import { found } from "@/app/found";
import { viewer } from "@/app/session";
import { Button } from "@/app/ui/button";
import { Badge, Card, Notice } from "@/app/ui/surface";
import { Timeline } from "@/app/ui/timeline";
import { formatMoney } from "@/lib/money";
import { type OrderView, viewOrder } from "@/lib/orders/view-order";
import { cancel, tryAgain } from "./actions";
import { Follow } from "./follow";
import { isMoving, STATUS, standing, tell } from "./story";

export const metadata: Metadata = { title: "Your order", robots: { index: false }, referrer: "no-referrer" };

type Props = { params: Promise<{ id: string }>; searchParams: Promise<{ token?: string; notice?: string }> };

export default async function OrderPage({ params, searchParams }: Props) {
  const [{ id }, { token = "", notice }] = [await params, await searchParams];
  const order = await found(viewOrder(id, token ? { token } : { viewer: await viewer() }));
  const { label, tone } = STATUS[order.status];
  const hidden = (
    <>
      <input name="id" type="hidden" value={id} />
      <input name="token" type="hidden" value={token} />
    </>
  );
  return (
    <div className="mx-auto grid max-w-3xl gap-6">
      {isMoving(order.status) || order.refunds.some((refund) => refund.status === "pending") ? (
        <>
          <Follow address={`/api/orders/${id}?token=${token}`} seen={order.timeline.length} />
          <noscript>
            <meta content="4" httpEquiv="refresh" />
          </noscript>
        </>
      ) : null}
      <header className="grid gap-3">
        <div className="flex flex-wrap items-center gap-3">
          <h1>Order {order.number}</h1>
          <Badge tone={tone}>{label}</Badge>
        </div>
        <p aria-live="polite" className="text-muted">
          {standing(order)}
        </p>
      </header>

      {order.nextAction?.type === "authenticate" ? (
        <Notice title="One more step" tone="warn">
          <p className="mb-3">Confirm the payment with your bank; then you come back here.</p>
          <a
            className="inline-flex min-h-11 items-center rounded-lg bg-accent px-4 font-medium text-on-accent"
            href={order.nextAction.url}
          >
            Go to my bank
          </a>
        </Notice>
      ) : null}

      {notice === "coupon_used" ? (
        <Notice title="Your coupon is used" tone="warn">
          <p>
            You have used it for another order meanwhile, so this one cannot be paid at its price. Please place it
            again.
          </p>
        </Notice>
      ) : null}

      {order.nextAction?.type === "pay_again" ? (
        <Card>
          <form action={tryAgain} className="grid gap-4">
            {hidden}
            <Payment legend="Pay with another card" total={order.total} />
            <Button type="submit">Try again</Button>
          </form>
        </Card>
      ) : null}

      <Items order={order} />

      <Card>
        <h2 className="mb-3">What happened</h2>
        <Timeline
          entries={order.timeline.map(({ type, at, data }) => ({
            what: tell(type, data),
            at: <time dateTime={at}>{new Date(at).toUTCString()}</time>,
          }))}
        />
      </Card>

      {order.cancellable ? (
        <details className="rounded-2xl border border-line bg-paper p-5">
          <summary className="font-medium">Cancel this order</summary>
          <form action={cancel} className="mt-4 grid justify-items-start gap-3">
            {hidden}
            <p className="text-muted">
              Are you sure? The items go back on the shelf, and what was charged is sent back to you in full.
            </p>
            <Button kind="danger" type="submit">
              Yes, cancel the order
            </Button>
          </form>
        </details>
      ) : null}
    </div>
  );
}

function Items({ order }: { order: OrderView }) {
  return (
    <Card className="grid gap-2">
      <h2>Items</h2>
      <ul className="grid gap-2">
        {order.items.map((item) => (
          <li className="flex justify-between gap-4" key={item.productId}>
            <span>
              {item.quantity} × {item.name}
            </span>
            <span className="tabular-nums">{formatMoney(item.total)}</span>
          </li>
        ))}
      </ul>
      {order.discount ? (
        <p className="flex justify-between gap-4">
          <span>Coupon {order.discount.code}</span>
          <span className="tabular-nums">−{formatMoney(order.discount.amount)}</span>
        </p>
      ) : null}
      <p className="flex justify-between border-line border-t pt-2 font-semibold">
        <span>Total</span>
        <span className="tabular-nums">{formatMoney(order.total)}</span>
      </p>
      {order.refunds.map((refund) => (
        <p className="flex justify-between text-muted" key={refund.id}>
          <span>Refund {refund.status === "pending" ? "on its way" : refund.status === "failed" ? "refused" : ""}</span>
          <span className="tabular-nums">−{formatMoney(refund.amount)}</span>
        </p>
      ))}
    </Card>
  );
}
