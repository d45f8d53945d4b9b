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
  // A form that is sent again repeats nothing.
  const key = randomUUID();
  return (
    <div className="grid gap-4 empty:hidden xl:row-span-2">
      <Review {...order} />
      <Shipment carrier={carrier} formKey={key} order={order} />
      <Delivery {...order} />
      <Refund formKey={key} order={order} />
      <Correction {...order} />
      <Confirmation formKey={key} order={order} />
      <Cancellation {...order} />
    </div>
  );
}

/** The decision about a paid order of high value. */
function Review({ id, status, review: state }: OrderDetails) {
  if (state?.status !== "held" || !isOpen(status)) return null;
  return (
    <Card title="Held for review">
      <p className="text-muted text-sm">
        Without a decision it is rejected at <Timestamp at={state.dueAt} />.
      </p>
      <ActionForm action={review} hidden={{ id }} submit="Confirm">
        <SelectField label="Decision" name="decision">
          <option value="release">Release</option>
          <option value="reject">Reject and refund</option>
        </SelectField>
        <TextField label="Note (optional)" maxLength={500} name="note" />
      </ActionForm>
    </Card>
  );
}

interface KeyedProps {
  order: OrderDetails;
  formKey: string;
}

function Shipment({ order, carrier, formKey: key }: KeyedProps & Pick<Props, "carrier">) {
  if (order.status !== "confirmed" || order.openItems.length === 0) return null;
  return (
    <Card title="Fulfillment">
      <ActionForm action={ship} hidden={{ id: order.id, key }} submit="Ship items">
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
  );
}

function Delivery({ id, shipment }: OrderDetails) {
  if (!shipment?.parcels.some(({ deliveredAt }) => !deliveredAt)) return null;
  return (
    <DisclosedForm
      action={deliver}
      hidden={{ id }}
      label="Mark as delivered"
      question="Have all shipments arrived?"
      submit="Yes, all delivered"
    />
  );
}

function Refund({ order, formKey: key }: KeyedProps) {
  const { id, payments, shipment, total } = order;
  const refundable = payments.reduce((sum, { captured, refunded }) => sum + captured.amount - refunded.amount, 0);
  if (refundable <= 0) return null;
  return (
    <DisclosedForm
      action={refund}
      hidden={{ id, key, currency: total.currency }}
      label="Refund"
      question={`${formatMoney({ ...total, amount: refundable })} can be refunded. You cannot reverse a refund.`}
      submit="Confirm refund"
      tone="bad"
    >
      <Quantities id="refund" items={refundableItems(order)} legend="Items to refund (optional)" start="none" />
      <Checkbox defaultChecked={!shipment} label="These items are back in stock" name="restock" />
      <TextField
        hint="For example 12.50. Leave empty for the price of the items, or without items for all that is left. Refunded items that have not shipped are not shipped any more."
        inputMode="decimal"
        label={`Amount in ${total.currency}`}
        name="amount"
      />
      <TextField hint="The customer can see the reason." label="Reason" maxLength={200} name="reason" required />
    </DisclosedForm>
  );
}

function Correction({ id, status, shipment, customer }: OrderDetails) {
  if (shipment || !(isOpen(status) || status === "confirmed")) return null;
  const { email, phone, address: stored } = customer;
  const address: Partial<Address> = { country: storeEnv().STORE_COUNTRY, ...addressSchema.safeParse(stored).data };
  const shown = JSON.stringify({ email, phone, shippingAddress: address });
  return (
    <DisclosedForm action={correct} hidden={{ id, shown }} label="Correct address or email" submit="Save correction">
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
  );
}

function Confirmation({ order: { id, status, customer }, formKey: key }: KeyedProps) {
  if (!["confirmed", "shipped", "delivered"].includes(status)) return null;
  return (
    <DisclosedForm
      action={resend}
      hidden={{ id, key }}
      label="Resend confirmation"
      question={`Send the confirmation to ${customer.email} again?`}
      submit="Yes, resend it"
    />
  );
}

function Cancellation({ id, cancellable, shipment }: OrderDetails) {
  if (!cancellable) return null;
  return (
    <DisclosedForm
      action={cancel}
      hidden={{ id }}
      label={shipment ? "Cancel the remaining items" : "Cancel"}
      question={
        shipment
          ? "This releases the stock of the unshipped items and refunds their price."
          : "This releases the stock, refunds the payment and notifies the customer."
      }
      submit={shipment ? "Yes, cancel them" : "Yes, cancel the order"}
      tone="bad"
    />
  );
}

/** Returns the items of an order without those that were cancelled, or refunded before they shipped. */
function refundableItems({ items, openItems, shipment }: OrderDetails) {
  const left = [...openItems, ...(shipment?.parcels ?? []).flatMap((parcel) => parcel.items)];
  return items
    .map(({ productId, name }) => ({
      ...{ productId, name },
      quantity: left.reduce((sum, one) => sum + (one.productId === productId ? one.quantity : 0), 0),
    }))
    .filter(({ quantity }) => quantity > 0);
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
  if (items.length === 0) return null;
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
