import { inngest } from "@/inngest/client";
import { orderDelivered, orderShipped } from "@/inngest/events";
import { messageOf } from "@/lib/errors";
import { sendDeliveryEmail, sendShipmentEmail } from "@/lib/orders/order-emails";
import {
  alertNotificationFailures,
  sendShipmentPush,
  sendShipmentSms,
  updateCrmShipment,
} from "@/lib/shipping/notify-shipment";

/** Notifies the customer of a shipment by each channel. The channels do not depend on each other. */
export const orderShippedFunction = inngest.createFunction(
  {
    id: "order-shipped",
    name: "Notify of a shipment",
    description:
      "Sends email, text message, push and CRM update in parallel. A failed channel neither stops nor repeats the others.",
    triggers: [orderShipped],
    // Retries count for each step. A provider that is down for two hours delays only its own message.
    retries: 9,
  },
  async ({ event, step }): Promise<ShipmentResult> => {
    const { orderId, shipmentId } = event.data;
    const channels = ["email", "sms", "push", "crm"] as const;
    const results = await Promise.allSettled([
      step.run("send-email", () => sendShipmentEmail(shipmentId)),
      step.run("send-sms", () => sendShipmentSms(shipmentId)),
      step.run("send-push", () => sendShipmentPush(shipmentId)),
      step.run("update-crm", () => updateCrmShipment(shipmentId)),
    ]);
    const outcomes = channels.map((channel, index) => ({ channel, result: results[index] }));
    const failures = outcomes.flatMap(({ channel, result }) =>
      result?.status === "rejected" ? [{ channel, error: messageOf(result.reason) }] : [],
    );
    if (failures.length > 0) await step.run("report-failures", () => alertNotificationFailures(shipmentId, failures));
    const sent = outcomes.map(({ channel, result }) => [
      channel,
      result?.status === "fulfilled" ? result.value : "failed",
    ]);
    return { orderId, shipmentId, ...Object.fromEntries(sent) };
  },
);

/** The email's id and the result of each other channel, or `failed`. */
interface ShipmentResult {
  orderId: string;
  shipmentId: string;
  email?: string | null;
  sms?: string;
  push?: string;
  crm?: string;
}

/** Emails the customer that everything has arrived, and how to report a problem. */
export const orderDeliveredFunction = inngest.createFunction(
  {
    id: "order-delivered",
    name: "Notify of a delivery",
    description: "Emails the customer when the last shipment of an order has been delivered.",
    triggers: [orderDelivered],
    // If the email provider is down for two hours, the email is delayed but not lost.
    retries: 9,
  },
  async ({ event, step }): Promise<{ orderId: string; emailId: string | null; reason?: string }> => {
    const { orderId } = event.data;
    const emailId = await step.run("send-email", () => sendDeliveryEmail(orderId));
    if (emailId) return { orderId, emailId };
    return { orderId, emailId, reason: "There is no such order, or it has not been delivered." };
  },
);
