import type { ComponentType } from "react";
import { formatMoney } from "@/lib/money";
import { declineReason } from "@/lib/order-state/declines";
import type { TimelineType } from "@/lib/order-state/order-changes";
import type { OrderView } from "@/lib/orders/view-order";
import { Card } from "./display";

type Fields = Record<string, unknown>;

const TEXTS: Record<TimelineType, (fields: Fields) => string> = {
  order_placed: () => "Order placed",
  stock_reserved: () => "Items reserved",
  stock_released: () => "Items not reserved until the payment is confirmed",
  payment_action_required: () => "The bank asks to authenticate the payment",
  payment_succeeded: (fields) => `Paid ${amount(fields)}`,
  payment_failed: ({ code }) => `Payment declined: ${declineReason(String(code))}`,
  payment_disputed: ({ reason }) => `Payment disputed: ${reason}`,
  dispute_closed: ({ status }) => `Dispute closed: ${status}`,
  payment_canceled: () => "Payment cancelled",
  payment_retried: () => "Payment retried with another card",
  order_held: () => "Held for review",
  order_released: () => "Review completed",
  order_confirmed: () => "Order confirmed",
  order_failed: () => "Order failed",
  order_cancelled: () => "Order cancelled",
  order_corrected: () => "Address or email corrected",
  order_partly_shipped: ({ carrier, trackingNumber }) => `Partly shipped with ${carrier}, ${trackingNumber}`,
  order_shipped: ({ carrier, trackingNumber }) => `Shipped with ${carrier}, ${trackingNumber}`,
  parcel_delivered: ({ trackingNumber }) => `Shipment ${trackingNumber} delivered`,
  order_delivered: () => "All shipments delivered",
  refund_requested: (fields) => `Refund of ${amount(fields)} requested`,
  refund_succeeded: (fields) => `${amount(fields)} refunded`,
  refund_failed: () => "A refund did not arrive. We will pay it in another way.",
  refund_paid_otherwise: (fields) => `${amount(fields)} paid back in another way`,
  items_cancelled: () => "Remaining items cancelled",
  order_refunded: () => "Order refunded in full",
};

function textOf(type: string, data: unknown): string {
  const fields = typeof data === "object" && data !== null ? (data as Fields) : {};
  const texts: Record<string, ((fields: Fields) => string) | undefined> = TEXTS;
  return texts[type]?.(fields) ?? type.replaceAll("_", " ");
}

function amount({ amount, currency }: Fields): string {
  return typeof amount === "number" && typeof currency === "string" ? formatMoney({ amount, currency }) : "";
}

/** The events of an order, oldest first. `Time` shows the time of each. */
export function Timeline({ events, Time }: { events: OrderView["timeline"]; Time: ComponentType<{ at: string }> }) {
  return (
    <Card title="Timeline">
      <ol className="grid gap-3 border-line border-l-2 pl-5">
        {events.map(({ type, at, data }, index) => (
          <li
            className="relative before:absolute before:top-2 before:-left-[1.6rem] before:size-2.5 before:rounded-full before:bg-accent"
            // biome-ignore lint/suspicious/noArrayIndexKey: events are only appended
            key={index}
          >
            <p>{textOf(type, data)}</p>
            <p className="text-muted text-sm">
              <Time at={at} />
            </p>
          </li>
        ))}
      </ol>
    </Card>
  );
}
