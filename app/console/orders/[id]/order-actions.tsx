import { randomUUID } from "node:crypto";
import { Fragment } from "react";
import { cancel, correct, deliver, refund, resend, review, ship } from "@/app/console/orders/actions";
import { COUNTRIES } from "@/app/countries";
import { ActionForm } from "@/app/ui/action-form";
import { DisclosedForm } from "@/app/ui/disclosed-form";
import { Card } from "@/app/ui/display";
import { Checkbox, CountryField, EmailField, SelectField, TextField } from "@/app/ui/field";
import { Timestamp } from "@/app/ui/timestamp";
import { type Address, addressSchema } from "@/lib/address";
import { storeEnv } from "@/lib/env";
import { formatMoney } from "@/lib/money";
import { isOpen } from "@/lib/order-state/status";
import type { OrderDetails } from "@/lib/orders/inspect-order";
import { QuantityField } from "./quantity-field";

interface Props {
  order: OrderDetails;
  /** The carrier of the last shipment. */
  carrier: string | undefined;
}

/** The actions that the status of an order allows. Without any action, the element is empty and hidden. */
export function OrderActions({ order, carrier }: Props) {
  const held = order.review?.status === "held";
  const refundable = order.payments.reduce((sum, { captured, refunded }) => sum + captured.amount - refunded.amount, 0);
  const shippable = order.status === "confirmed" && !order.shipment?.complete;
  const inTransit = order.shipment?.parcels.some(({ deliveredAt }) => !deliveredAt) ?? false;
  const { id, total } = order;
  const key = randomUUID();
  const correctable = (isOpen(order.status) || order.status === "confirmed") && !order.shipment;
  const { email, phone, address: stored } = order.customer;
  const address: Partial<Address> = { country: storeEnv().STORE_COUNTRY, ...addressSchema.safeParse(stored).data };
  const shown = JSON.stringify({ email, phone, shippingAddress: address });
  return (
    <div className="grid gap-4 empty:hidden xl:row-span-2">
      {held ? (
        <Card title="Held for review">
          <p className="text-muted text-sm">
            Without a decision it is rejected at <Timestamp at={order.review?.dueAt} />.
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
          <ActionForm action={ship} hidden={{ id, key }} submit="Ship items">
            <Quantities
              id="ship"
              items={order.openItems.map((item) => ({ ...item, name: nameOf(order, item.productId) }))}
              legend="Items in this shipment"
              start="all"
            />
            <TextField defaultValue={carrier} label="Carrier" maxLength={100} name="carrier" required />
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
          <Quantities id="refund" items={order.items} legend="Items to refund (optional)" start="none" />
          <Checkbox defaultChecked={!order.shipment} label="These items are back in stock" name="restock" />
          <TextField
            hint="For example 12.50. Leave empty for the price of the items, or without items for all that is left. Refunded items that have not shipped are not shipped any more."
            inputMode="decimal"
            label={`Amount in ${total.currency}`}
            name="amount"
          />
          <TextField hint="The customer can see the reason." label="Reason" maxLength={200} name="reason" required />
        </DisclosedForm>
      ) : null}
      {correctable ? (
        <DisclosedForm
          action={correct}
          hidden={{ id, shown }}
          label="Correct address or email"
          submit="Save correction"
        >
          {/* The key: the fields have the values that `shown` has, also after a refresh of the page. */}
          <Fragment key={shown}>
            <EmailField defaultValue={email} />
            <TextField defaultValue={phone ?? ""} label="Phone" name="phone" />
            <TextField defaultValue={address.name ?? ""} label="Recipient" name="recipient" />
            <TextField defaultValue={address.line1 ?? ""} label="Street and number" name="line1" />
            <TextField defaultValue={address.line2 ?? ""} label="Address line 2" name="line2" />
            <TextField defaultValue={address.postalCode ?? ""} label="Postal code" name="postalCode" />
            <TextField defaultValue={address.city ?? ""} label="City" name="city" />
            <TextField defaultValue={address.region ?? ""} label="Region" name="region" />
            <TextField defaultValue={address.state ?? ""} label="State" name="state" />
            <CountryField countries={COUNTRIES} defaultValue={address.country} name="country" />
          </Fragment>
        </DisclosedForm>
      ) : null}
      {["confirmed", "shipped", "delivered"].includes(order.status) ? (
        <DisclosedForm
          action={resend}
          hidden={{ id, key }}
          label="Resend confirmation"
          question={`Send the confirmation to ${order.customer.email} again?`}
          submit="Yes, resend it"
        />
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

const nameOf = ({ items }: OrderDetails, productId: string) =>
  items.find((item) => item.productId === productId)?.name ?? productId;

interface QuantitiesProps {
  id: string;
  legend: string;
  items: { productId: string; name: string; quantity: number }[];
  /** Whether the form starts with all items, or with none. */
  start: "all" | "none";
}

/** A number field for each item, from 0 to its quantity. */
function Quantities({ id, legend, items, start }: QuantitiesProps) {
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 font-medium text-sm">{legend}</legend>
      {items.map(({ productId, name, quantity }) => (
        <QuantityField
          defaultValue={start === "all" ? quantity : 0}
          id={`${id}-${productId}`}
          key={productId}
          label={name}
          max={quantity}
          name={`quantity:${productId}`}
        />
      ))}
    </fieldset>
  );
}
