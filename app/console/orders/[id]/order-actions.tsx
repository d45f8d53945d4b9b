import { randomUUID } from "node:crypto";
import { cancel, deliver, refund, review, ship } from "@/app/console/orders/actions";
import { ActionForm } from "@/app/ui/action-form";
import { Ask } from "@/app/ui/disclosure";
import { SelectField, TextField } from "@/app/ui/field";
import { Card } from "@/app/ui/surface";
import { When } from "@/app/ui/timestamp";
import { formatMoney } from "@/lib/money";
import type { OrderDetails } from "@/lib/orders/inspect-order";

/** What an operator can do with an order in its present state; an empty, hidden place where that is nothing. */
export function Deeds({ order }: { order: OrderDetails }) {
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
          <h2>Held for a decision</h2>
          <p className="text-muted text-sm">
            Until <When at={order.review?.dueAt} />, then it is rejected.
          </p>
          <ActionForm action={review} submit="Decide, for good">
            {id}
            <SelectField label="Decision" name="decision">
              <option value="release">Release it</option>
              <option value="reject">Reject it, and send the money back</option>
            </SelectField>
            <TextField label="Note (optional)" maxLength={500} name="note" />
          </ActionForm>
        </Card>
      ) : null}
      {shippable ? (
        <Card className="grid gap-3">
          <h2>Ship</h2>
          <ActionForm action={ship} submit="Ship everything that is left">
            {id}
            {key}
            <TextField label="Carrier" maxLength={100} name="carrier" required />
            <TextField label="Tracking number" maxLength={100} name="trackingNumber" required />
          </ActionForm>
        </Card>
      ) : null}
      {underway ? (
        <Ask label="Mark as delivered" tone="ink" question="Every parcel on its way has arrived?">
          <ActionForm action={deliver} kind="quiet" submit="Yes, all have arrived">
            {id}
          </ActionForm>
        </Ask>
      ) : null}
      {left > 0 ? (
        <Ask
          label="Refund"
          question={`${formatMoney({ amount: left, currency: order.total.currency })} can be sent back. It cannot be called back afterwards.`}
        >
          <ActionForm action={refund} kind="danger" submit="Send the money back">
            {id}
            {key}
            <input name="currency" type="hidden" value={order.total.currency} />
            <TextField
              hint="Such as 12.50; all that is left, when empty"
              inputMode="decimal"
              label={`Amount in ${order.total.currency}`}
              name="amount"
            />
            <TextField hint="The customer can read it." label="Reason" maxLength={200} name="reason" required />
          </ActionForm>
        </Ask>
      ) : null}
      {order.cancellable ? (
        <Ask label="Cancel" question="The stock becomes free, all money goes back, and the customer is told.">
          <ActionForm action={cancel} kind="danger" submit="Yes, cancel the order">
            {id}
          </ActionForm>
        </Ask>
      ) : null}
    </div>
  );
}
