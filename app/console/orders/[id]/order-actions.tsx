import { randomUUID } from "node:crypto";
import { cancel, deliver, refund, review, ship } from "@/app/console/orders/actions";
import { ActionForm } from "@/app/ui/action-form";
import { DisclosedForm } from "@/app/ui/disclosure";
import { Card, Timestamp } from "@/app/ui/display";
import { SelectField, TextField } from "@/app/ui/field";
import { formatMoney } from "@/lib/money";
import type { OrderDetails } from "@/lib/orders/inspect-order";

/** The actions that the status of an order allows. Without any action, the element is empty and hidden. */
export function OrderActions({ order }: { order: OrderDetails }) {
  const held = order.review?.status === "held";
  const refundable = order.payments.reduce((sum, { captured, refunded }) => sum + captured.amount - refunded.amount, 0);
  const shippable = order.status === "confirmed" && !order.shipment?.complete;
  const inTransit = order.shipment?.parcels.some(({ deliveredAt }) => !deliveredAt) ?? false;
  const { id, total } = order;
  const key = randomUUID();
  return (
    <div className="grid gap-4 empty:hidden xl:row-span-2">
      {held ? (
        <Card title="Held for review">
          <p className="text-muted text-sm">
            Rejected automatically at <Timestamp at={order.review?.dueAt} /> without a decision.
          </p>
          <ActionForm action={review} hidden={{ id }} submit="Confirm">
            <SelectField label="Decision" name="decision">
              <option value="release">Release</option>
              <option value="reject">Reject and refund</option>
            </SelectField>
            <TextField label="Note (optional)" maxLength={500} name="note" />
          </ActionForm>
        </Card>
      ) : null}
      {shippable ? (
        <Card title="Fulfillment">
          <ActionForm action={ship} hidden={{ id, key }} submit="Ship remaining items">
            <TextField label="Carrier" maxLength={100} name="carrier" required />
            <TextField label="Tracking number" maxLength={100} name="trackingNumber" required />
          </ActionForm>
        </Card>
      ) : null}
      {inTransit ? (
        <DisclosedForm
          action={deliver}
          hidden={{ id }}
          label="Mark as delivered"
          question="Have all shipments arrived?"
          submit="Yes, all delivered"
        />
      ) : null}
      {refundable > 0 ? (
        <DisclosedForm
          action={refund}
          hidden={{ id, key, currency: total.currency }}
          label="Refund"
          question={`${formatMoney({ ...total, amount: refundable })} can be refunded. You cannot reverse a refund.`}
          submit="Confirm refund"
          tone="bad"
        >
          <TextField
            hint="For example 12.50. Leave empty to refund the full remaining amount. The price of unshipped items stops their shipment."
            inputMode="decimal"
            label={`Amount in ${total.currency}`}
            name="amount"
          />
          <TextField hint="The customer can see the reason." label="Reason" maxLength={200} name="reason" required />
        </DisclosedForm>
      ) : null}
      {order.cancellable ? (
        <DisclosedForm
          action={cancel}
          hidden={{ id }}
          label={order.shipment ? "Cancel the remaining items" : "Cancel"}
          question={
            order.shipment
              ? "This releases the stock of the unshipped items and refunds their price."
              : "This releases the stock, refunds the payment and notifies the customer."
          }
          submit={order.shipment ? "Yes, cancel them" : "Yes, cancel the order"}
          tone="bad"
        />
      ) : null}
    </div>
  );
}
