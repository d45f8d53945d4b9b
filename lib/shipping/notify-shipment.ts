import { raiseAlert } from "../alerts";
import { pushEnv } from "../env";
import { updateCrm } from "../messaging/crm";
import { sendPush } from "../messaging/push";
import { type PushTarget, subscriptionsOf } from "../messaging/push-subscriptions";
import { type Channel, failPendingMessages } from "../messaging/send-once";
import { phoneNumber, sendSms } from "../messaging/sms";
import { type Parcel, readParcel } from "./read-parcel";

/** What came of a channel: told, or why there was nobody to tell. */
export type Told = "told" | "no_such_parcel" | "no_phone_number" | "no_subscription";

const messageKey = ({ id }: Parcel) => ({ kind: "order_shipped", entityId: id });

/** By text message, to the number given with the order. */
export async function sendShipmentSms(shipmentId: string): Promise<Told> {
  const parcel = await readParcel(shipmentId);
  if (!parcel) return "no_such_parcel";
  const to = phoneNumber(parcel.phone);
  if (!to) return "no_phone_number";
  const { carrier, trackingNumber, trackingUrl } = parcel.parcel;
  const text = `Steadfast: ${headline(parcel)} with ${carrier}, tracking number ${trackingNumber}. ${trackingUrl ?? parcel.statusUrl}`;
  await sendSms({ ...messageKey(parcel), target: to }, text);
  return "told";
}

/** To every browser in which the customer has asked for it; one that fails keeps no other waiting. */
export async function sendShipmentPush(shipmentId: string): Promise<Told> {
  const parcel = await readParcel(shipmentId);
  if (!parcel) return "no_such_parcel";
  const targets = await browsersOf(parcel);
  if (targets.length === 0) return "no_subscription";
  const { carrier, trackingNumber } = parcel.parcel;
  const message = {
    title: headline(parcel),
    body: `With ${carrier}, tracking number ${trackingNumber}.`,
    url: parcel.statusUrl,
    tag: `order-shipped:${parcel.id}`,
  };
  const results = await Promise.allSettled(targets.map((target) => sendPush(messageKey(parcel), target, message)));
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  return "told";
}

/** Without a VAPID key no browser can subscribe: what would be pushed is then recorded once, under the customer's address. */
async function browsersOf({ userId, email }: Parcel): Promise<PushTarget[]> {
  const known = userId ? await subscriptionsOf(userId) : [];
  if (known.length > 0 || pushEnv()) return known;
  return [{ id: email, endpoint: email, p256dh: "", auth: "" }];
}

/** To the CRM: ids and what is on its way, and nothing of the customer but the address it knows them by. */
export async function updateCrmShipment(shipmentId: string): Promise<Told> {
  const parcel = await readParcel(shipmentId);
  if (!parcel) return "no_such_parcel";
  const { carrier, trackingNumber, shippedAt } = parcel.parcel;
  const items = parcel.items.map(({ productId, quantity }) => ({ productId, quantity }));
  await updateCrm(messageKey(parcel), "order.shipped", {
    orderId: parcel.orderId,
    orderNumber: parcel.number,
    shipmentId,
    customer: parcel.email,
    ...{ carrier, trackingNumber, shippedAt, items },
    complete: parcel.complete,
  });
  return "told";
}

/** What is left when a channel has used up its tries: an end for its messages, and a word to the operators. */
export async function alertNotificationFailures(
  shipmentId: string,
  failures: { channel: Channel | "email"; error: string }[],
): Promise<number> {
  const channels = failures.map(({ channel }) => channel).filter((channel) => channel !== "email");
  await failPendingMessages(shipmentId, channels);
  await raiseAlert({
    kind: "message_failed",
    id: `message-failed:${shipmentId}`,
    subject: `Not everybody was told of parcel ${shipmentId}: ${failures.map(({ channel }) => channel).join(", ")} failed`,
    detail: { shipmentId, failures },
  });
  return failures.length;
}

const headline = ({ number, complete }: Parcel) =>
  complete ? `Order ${number} is on its way` : `A part of order ${number} is on its way`;
