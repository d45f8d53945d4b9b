import { Layout } from "../email/layout";
import { Action, Bullets, Greeting, Lines, Paragraph, Quote } from "../email/parts";
import type { Composed } from "../email/render-email";
import type { ParcelView } from "../shipping/view-shipment";
import type { EmailOrder } from "./order-emails";

/** A parcel by the names of what is in it, as an email shows it. */
export interface EmailParcel extends Omit<ParcelView, "items"> {
  items: { name: string; quantity: number }[];
  /** Nothing is left to ship after it. */
  complete: boolean;
}

/** Everything of an order has left, and arrived. */
export function orderDelivered(order: EmailOrder): Composed {
  const what = `Order ${order.number} has arrived`;
  return {
    subject: what,
    body: (
      <Layout preview="Everything you ordered has been delivered." title={what}>
        <Greeting name={order.name} />
        <Paragraph>Everything you ordered has been delivered:</Paragraph>
        <Bullets items={order.lines.map(({ name, quantity }) => `${quantity} × ${name}`)} />
        <Paragraph>If something is missing or broken, answer this email, and we will put it right.</Paragraph>
        <Action href={order.statusUrl}>See your order</Action>
      </Layout>
    ),
  };
}

export function parcelShipped(order: EmailOrder, parcel: EmailParcel): Composed {
  const what = parcel.complete
    ? `Order ${order.number} is on its way`
    : `A part of order ${order.number} is on its way`;
  return {
    subject: what,
    body: (
      <Layout preview={`With ${parcel.carrier}, tracking number ${parcel.trackingNumber}.`} title={what}>
        <Greeting name={order.name} />
        <Paragraph>
          {parcel.complete
            ? "Your parcel has left our warehouse."
            : "A parcel has left our warehouse; we will write again when the rest follows."}{" "}
          It travels with {parcel.carrier}, tracking number {parcel.trackingNumber}. In it:
        </Paragraph>
        <Bullets items={parcel.items.map(({ name, quantity }) => `${quantity} × ${name}`)} />
        {order.address ? (
          <>
            <Paragraph>It goes to:</Paragraph>
            <Quote>
              <Lines>{order.address.join("\n")}</Lines>
            </Quote>
          </>
        ) : null}
        <Action href={parcel.trackingUrl ?? order.statusUrl}>
          {parcel.trackingUrl ? "Follow your parcel" : "See your order"}
        </Action>
      </Layout>
    ),
  };
}
