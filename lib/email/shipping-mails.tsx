import type { ParcelView } from "../shipping/view-shipment";
import { Action, Layout, Paragraph } from "./layout";
import { type Composed, greeting, type MailOrder } from "./order-mails";

/** A parcel by the names of what is in it, as a mail shows it. */
export interface MailParcel extends Omit<ParcelView, "items"> {
  items: { name: string; quantity: number }[];
  /** Nothing is left to ship after it. */
  complete: boolean;
}

export function parcelShipped(order: MailOrder, parcel: MailParcel): Composed {
  const what = parcel.complete
    ? `Order ${order.number} is on its way`
    : `A part of order ${order.number} is on its way`;
  return {
    subject: what,
    body: (
      <Layout preview={`With ${parcel.carrier}, tracking number ${parcel.trackingNumber}.`} title={what}>
        <Paragraph>{greeting(order)}</Paragraph>
        <Paragraph>
          {parcel.complete
            ? "your parcel has left our warehouse."
            : "a parcel has left our warehouse; we will write again when the rest follows."}{" "}
          It travels with {parcel.carrier}, tracking number {parcel.trackingNumber}.
        </Paragraph>
        <ul style={{ fontSize: 16, lineHeight: "25px", margin: "0 0 14px", paddingLeft: 22 }}>
          {parcel.items.map(({ name, quantity }) => (
            <li key={name}>
              {quantity} × {name}
            </li>
          ))}
        </ul>
        <Action href={parcel.trackingUrl ?? order.statusUrl}>
          {parcel.trackingUrl ? "Follow your parcel" : "See your order"}
        </Action>
      </Layout>
    ),
  };
}
