import { randomUUID } from "node:crypto";
import { cancel, deliver, refund, review, ship } from "@/app/console/orders/actions";
import { ActionForm } from "@/app/ui/action-form";
import { Ask } from "@/app/ui/disclosure";
import { SelectField, TextField } from "@/app/ui/field";
import { Card } from "@/app/ui/surface";
import { Timestamp } from "@/app/ui/timestamp";
import { formatMoney } from "@/lib/money";
import type { OrderDetails } from "@/lib/orders/inspect-order";

/** What an operator can do with an order in its present state; an empty, hidden place where that is nothing. */
export function OrderActions({ order }: { order: OrderDetails }) {
  const held = order.review?.status === "held";
  const left = order.payments.reduce((sum, { captured, refunded }) => sum + captured.amount - refunded.amount, 0);
  const shippable = order.status === "confirmed" && !order.shipment?.complete;
  const underway = order.shipment?.parcels.some(({ deliveredAt }) => !deliveredAt) ?? false;
  const id = <input name="id" type="hidden" value={order.id} />;
  const key = <input name="key" type="hidden" value={randomUUID()} />;
  return (
    <div className="grid gap-4 empty:hidden xl:row-span-2">
      {held ? (
        <Card className="grid gap-3">
          <h2>Held for review</h2>
          <p className="text-muted text-sm">
            Rejected automatically at <Timestamp at={order.review?.dueAt} /> if nobody decides.
          </p>
          <ActionForm action={review} submit="Confirm">
            {id}
            <SelectField label="Decision" name="decision">
              <option value="release">Release</option>
              <option value="reject">Reject and refund</option>
            </SelectField>
            <TextField label="Note (optional)" maxLength={500} name="note" />
          </ActionForm>
        </Card>
      ) : null}
      {shippable ? (
        <Card className="grid gap-3">
          <h2>Fulfillment</h2>
          <ActionForm action={ship} submit="Ship remaining items">
            {id}
            {key}
            <TextField label="Carrier" maxLength={100} name="carrier" required />
            <TextField label="Tracking number" maxLength={100} name="trackingNumber" required />
          </ActionForm>
        </Card>
      ) : null}
      {underway ? (
        <Ask label="Mark as delivered" tone="ink" question="Have all shipments arrived?">
          <ActionForm action={deliver} kind="quiet" submit="Yes, all delivered">
            {id}
          </ActionForm>
        </Ask>
      ) : null}
      {left > 0 ? (
        <Ask
          label="Refund"
          question={`${formatMoney({ amount: left, currency: order.total.currency })} can be refunded. You cannot reverse a refund.`}
        >
          <ActionForm action={refund} kind="danger" submit="Confirm refund">
            {id}
            {key}
            <input name="currency" type="hidden" value={order.total.currency} />
            <TextField
              hint="For example 12.50. Leave empty to refund the full remaining amount."
              inputMode="decimal"
              label={`Amount in ${order.total.currency}`}
              name="amount"
            />
            <TextField hint="The customer can see the reason." label="Reason" maxLength={200} name="reason" required />
          </ActionForm>
        </Ask>
      ) : null}
      {order.cancellable ? (
        <Ask label="Cancel" question="This releases the stock, refunds the payment and notifies the customer.">
          <ActionForm action={cancel} kind="danger" submit="Yes, cancel the order">
            {id}
          </ActionForm>
        </Ask>
      ) : null}
    </div>
  );
}
