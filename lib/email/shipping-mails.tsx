import type { ParcelView } from "../shipping/view-shipment";
import { Layout } from "./layout";
import type { MailOrder } from "./order-mails";
import { Action, Bullets, Greeting, Lines, Paragraph, Quote } from "./parts";
import type { Composed } from "./render-mail";

/** A parcel by the names of what is in it, as a mail shows it. */
export interface MailParcel extends Omit<ParcelView, "items"> {
  items: { name: string; quantity: number }[];
  /** Nothing is left to ship after it. */
  complete: boolean;
}

/** Everything of an order has left, and arrived. */
export function orderDelivered(order: MailOrder): Composed {
  const what = `Order ${order.number} has arrived`;
  return {
    subject: what,
    body: (
      <Layout preview="Everything you ordered has been delivered." title={what}>
        <Greeting name={order.name} />
        <Paragraph>Everything you ordered has been delivered:</Paragraph>
        <Bullets items={order.lines.map(({ name, quantity }) => `${quantity} × ${name}`)} />
        <Paragraph>If something is missing or broken, answer this mail, and we will put it right.</Paragraph>
        <Action href={order.statusUrl}>See your order</Action>
      </Layout>
    ),
  };
}

export function parcelShipped(order: MailOrder, parcel: MailParcel): Composed {
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
