import { raiseAlert } from "../alerts";
import { pushEnv, storeEnv } from "../env";
import { updateCrm } from "../messaging/crm";
import { type PushTarget, sendPush, subscriptionsOf } from "../messaging/push";
import { type Channel, failPendingMessages } from "../messaging/send-once";
import { phoneNumber, sendSms } from "../messaging/sms";
import { type NotifiedShipment, readShipment } from "./view-shipment";

/** The result of one channel. */
export type NotificationResult = "sent" | "no_such_shipment" | "no_phone_number" | "no_subscription";

const messageKey = ({ id }: NotifiedShipment) => ({ kind: "order_shipped", entityId: id });

/** Sends a text message to the phone number of the order. */
export async function sendShipmentSms(shipmentId: string): Promise<NotificationResult> {
  const shipment = await readShipment(shipmentId);
  if (!shipment) return "no_such_shipment";
  const to = phoneNumber(shipment.phone);
  if (!to) return "no_phone_number";
  const { carrier, trackingNumber, trackingUrl } = shipment.view;
  const text = `${storeEnv().STORE_NAME}: ${headline(shipment)} with ${carrier}, tracking number ${trackingNumber}. ${trackingUrl ?? shipment.statusUrl}`;
  await sendSms({ ...messageKey(shipment), target: to }, text);
  return "sent";
}

/** Sends a push message to each browser that the customer has subscribed. A failing browser does not delay the others. */
export async function sendShipmentPush(shipmentId: string): Promise<NotificationResult> {
  const shipment = await readShipment(shipmentId);
  if (!shipment) return "no_such_shipment";
  const targets = await pushTargets(shipment);
  if (targets.length === 0) return "no_subscription";
  const { carrier, trackingNumber } = shipment.view;
  const message = {
    title: headline(shipment),
    body: `With ${carrier}, tracking number ${trackingNumber}.`,
    url: shipment.statusUrl,
    tag: `order-shipped:${shipment.id}`,
  };
  const results = await Promise.allSettled(targets.map((target) => sendPush(messageKey(shipment), target, message)));
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  return "sent";
}

/** Without a VAPID key no browser can subscribe. The message is then captured once, under the customer's address. */
async function pushTargets({ userId, email }: NotifiedShipment): Promise<PushTarget[]> {
  const known = userId ? await subscriptionsOf(userId) : [];
  if (known.length > 0 || pushEnv()) return known;
  return [{ id: email, endpoint: email, p256dh: "", auth: "" }];
}

/** Updates the CRM with ids and items. The only personal data is the address by which the CRM knows the customer. */
export async function updateCrmShipment(shipmentId: string): Promise<NotificationResult> {
  const shipment = await readShipment(shipmentId);
  if (!shipment) return "no_such_shipment";
  const { carrier, trackingNumber, shippedAt, items } = shipment.view;
  await updateCrm(messageKey(shipment), "order.shipped", {
    orderId: shipment.orderId,
    orderNumber: shipment.orderNumber,
    shipmentId,
    customer: shipment.email,
    ...{ carrier, trackingNumber, shippedAt },
    items: items.map((item) => ({ ...item })),
    complete: shipment.complete,
  });
  return "sent";
}

/** Ends the pending messages of channels that have used up their retries, and raises an alert. */
export async function alertNotificationFailures(
  shipmentId: string,
  failures: { channel: Channel | "email"; error: string }[],
): Promise<number> {
  const channels = failures.map(({ channel }) => channel).filter((channel) => channel !== "email");
  await failPendingMessages(shipmentId, channels);
  await raiseAlert({
    kind: "message_failed",
    incident: `message-failed:${shipmentId}`,
    subject: `Notifications about shipment ${shipmentId} failed: ${failures.map(({ channel }) => channel).join(", ")}`,
    detail: { shipmentId, failures },
  });
  return failures.length;
}

const headline = ({ orderNumber, complete }: NotifiedShipment) =>
  complete ? `Order ${orderNumber} is on its way` : `A part of order ${orderNumber} is on its way`;
