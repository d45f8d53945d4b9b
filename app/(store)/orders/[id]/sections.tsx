import { Payment } from "@/app/(store)/checkout/payment-choice";
import { Button } from "@/app/ui/button";
import { Challenge } from "@/app/ui/challenge";
import { Card, Message } from "@/app/ui/display";
import { OrderLine, OrderLines } from "@/app/ui/order-lines";
import { LocalTime } from "@/app/ui/timestamp";
import { formatMoney } from "@/lib/money";
import type { OrderView } from "@/lib/orders/view-order";
import { payOrderAgain } from "./actions";

const STEPS = ["Placed", "Confirmed", "Shipped", "Delivered"] as const;

/** The number of completed steps. Orders with another status ended early and show no steps. */
const COMPLETED: Partial<Record<OrderView["status"], number>> = {
  pending: 1,
  awaiting_payment: 1,
  confirmed: 2,
  shipped: 3,
  delivered: 4,
};

/** The progress of an order. */
export function Steps({ status }: Pick<OrderView, "status">) {
  const completed = COMPLETED[status];
  if (!completed) return null;
  return (
    <ol aria-label="Order progress" className="grid grid-cols-4 gap-2 text-xs sm:text-sm">
      {STEPS.map((step, index) => (
        <li
          aria-current={index === completed - 1 ? "step" : undefined}
          className={`border-t-4 pt-2 ${index < completed ? "border-accent font-medium" : "border-line text-muted"}`}
          key={step}
        >
          {index < completed ? (
            <span aria-hidden className="max-sm:hidden">
              ✓{" "}
            </span>
          ) : null}
          {step}
          <span className="sr-only">{index < completed ? ", completed" : ", not completed"}</span>
        </li>
      ))}
    </ol>
  );
}

const NOTICES: Record<string, { title: string; text: string }> = {
  coupon_used: {
    title: "Coupon already used",
    text: "You used this coupon for another order. Place a new order to pay without the coupon.",
  },
  challenge_required: { title: "Please confirm that you are a person", text: "Several payments have failed." },
  too_many_failures: {
    title: "Too many payments have failed",
    text: "We have not tried this card. Please try again later.",
  },
};

/** Why the last payment was not started. */
export function Notice({ code = "" }: { code?: string }) {
  const notice = Object.hasOwn(NOTICES, code) ? NOTICES[code] : undefined;
  return notice ? (
    <Message title={notice.title} tone="warn">
      {notice.text}
    </Message>
  ) : null;
}

interface NextActionProps {
  order: OrderView;
  token: string;
  /** The customer has just returned from the bank, which Stripe has not reported yet. */
  authenticated: boolean;
  /** The site key of the challenge that the customer must solve first. */
  siteKey?: string;
}

/** The next action of the customer: authentication at the bank, or a payment with another card. */
export function NextAction({ order, token, authenticated, siteKey }: NextActionProps) {
  const { id, status, nextAction, total } = order;
  if (nextAction?.type === "authenticate" && authenticated)
    return (
      <Message title="Your bank has confirmed the payment" tone="good">
        The payment reaches us within a few seconds.
      </Message>
    );
  if (nextAction?.type === "authenticate")
    return (
      <Message title="Confirm your payment" tone="warn">
        <p className="mb-3">Your bank asks you to confirm this payment. You return to this page afterwards.</p>
        <a
          className="inline-flex min-h-11 items-center rounded-lg bg-accent px-4 font-medium text-on-accent"
          href={nextAction.url}
        >
          Go to my bank
        </a>
      </Message>
    );
  if (nextAction?.type !== "pay_again") return null;
  return (
    <Card>
      <form action={payOrderAgain} className="grid gap-4">
        <input name="id" type="hidden" value={id} />
        <input name="token" type="hidden" value={token} />
        <Payment legend={status === "failed" ? "Pay with another card" : "Pay"} total={total} />
        {siteKey ? <Challenge siteKey={siteKey} /> : null}
        <Button type="submit">{status === "failed" ? "Try again" : "Pay now"}</Button>
      </form>
    </Card>
  );
}

/** The shipments of an order, with their tracking links. */
export function Shipments({ shipment }: Pick<OrderView, "shipment">) {
  if (!shipment) return null;
  return (
    <Card title={shipment.parcels.length === 1 ? "Shipment" : "Shipments"}>
      <ul className="grid gap-3">
        {shipment.parcels.map(({ carrier, trackingNumber, trackingUrl, shippedAt, deliveredAt }) => (
          <li className="wrap-anywhere" key={trackingNumber}>
            <p>
              {carrier} {trackingNumber}
            </p>
            <p className="text-muted text-sm">
              {deliveredAt ? "Delivered " : "Shipped "}
              <LocalTime at={deliveredAt ?? shippedAt} />
            </p>
            {trackingUrl && !deliveredAt ? (
              <a className="inline-flex min-h-11 items-center text-accent underline" href={trackingUrl}>
                Track shipment
              </a>
            ) : null}
          </li>
        ))}
      </ul>
      {shipment.complete ? null : <p className="text-muted text-sm">The remaining items ship later.</p>}
    </Card>
  );
}

const REFUND = { pending: "Refund (pending)", succeeded: "Refund", failed: "Refund (did not arrive)" } as const;

/** The items of an order, its total and its refunds. */
export function Items({ order }: { order: OrderView }) {
  return (
    <Card title="Items">
      <OrderLines {...order} pictures />
      {order.refunds.length > 0 ? (
        <ul className="text-muted">
          {order.refunds.map(({ id, status, amount }) => (
            <OrderLine amount={`−${formatMoney(amount)}`} key={id}>
              {REFUND[status]}
            </OrderLine>
          ))}
        </ul>
      ) : null}
    </Card>
  );
}
