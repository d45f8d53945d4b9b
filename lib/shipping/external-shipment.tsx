import { composeEmail } from "../email/compose-email";
import { CustomerText, Paragraph, Rows } from "../email/parts";
import type { Composed } from "../email/render-email";
import { queueEmail } from "../email/send-email";
import { emailSchema } from "../email-address";
import { appEnv, storeEnv } from "../env";
import { sendPush, subscriptionsOf } from "../messaging/push";
import { phoneNumber, sendSms } from "../messaging/sms";

/** The shipment of an order of another system, as it reports it. */
export interface ExternalShipment {
  orderId: string;
  email?: string;
  phone?: string;
  /** A user of the shop, who is notified in their subscribed browsers too. */
  userId?: string;
  carrier: string;
  trackingNumber?: string;
}

/** Notifies the given addresses of a shipment, once for each event. Returns the channels. */
export async function queueShipmentNotice(eventId: string, shipment: ExternalShipment): Promise<string[]> {
  const { orderId, carrier, trackingNumber } = shipment;
  const email = emailSchema.safeParse(shipment.email).data;
  const phone = phoneNumber(shipment.phone ?? null);
  const entityId = `${orderId}:${eventId}`;
  const number = trackingNumber ? `, tracking number ${trackingNumber}` : "";
  const browsers = shipment.userId ? await subscriptionsOf(shipment.userId) : [];
  const news = { title: `Order ${orderId} is on its way`, body: `With ${carrier}${number}.`, url: appEnv().APP_URL };
  await Promise.all([
    ...browsers.map((browser) =>
      sendPush({ kind: "external_shipment", entityId }, browser, { ...news, tag: `order-shipped:${entityId}` }),
    ),
    email && queueEmail({ kind: "external_shipment", entityId, to: email }, () => externalShipment(shipment)),
    phone &&
      sendSms(
        { kind: "external_shipment", entityId, target: phone },
        `${storeEnv().STORE_NAME}: order ${orderId} has been shipped with ${carrier}${number}.`,
      ),
  ]);
  return [...(email ? ["email"] : []), ...(phone ? ["sms"] : []), ...(browsers.length > 0 ? ["push"] : [])];
}

export const externalShipment = ({ orderId, carrier, trackingNumber }: ExternalShipment): Composed =>
  composeEmail(
    { subject: "Your order has been shipped", preview: "It is on its way.", name: null },
    <Paragraph>Your order is on its way.</Paragraph>,
    <CustomerText>{`Order ${orderId}`}</CustomerText>,
    <Rows
      rows={[
        { label: "Carrier", value: carrier },
        ...(trackingNumber ? [{ label: "Tracking number", value: trackingNumber }] : []),
      ]}
    />,
  );
