import { eventType, inngest, RETRIES_FOR_TWO_HOURS } from "@/inngest/client";
import { ownEvent } from "@/inngest/event-origin";
import { messageOf } from "@/lib/errors";
import { sendDeliveryEmail, sendShipmentEmail } from "@/lib/orders/send-order-email";
import {
  alertNotificationFailures,
  sendShipmentPush,
  sendShipmentSms,
  updateCrmShipment,
} from "@/lib/shipping/notify-shipment";

export const orderShippedFunction = inngest.createFunction(
  {
    id: "order-shipped",
    name: "Notify of a shipment",
    description:
      "Sends email, text message, push and CRM update in parallel. A failed channel neither stops nor repeats the others.",
    triggers: [ownEvent("order/shipped")],
    // Retries count for each step. A provider that is down for two hours delays only its own message.
    retries: RETRIES_FOR_TWO_HOURS,
  },
  async ({ event, step }) => {
    const { orderId, shipmentId } = event.data;
    const failures: Parameters<typeof alertNotificationFailures>[1] = [];
    const orFailed = (channel: "email" | "sms" | "push" | "crm") => (error: unknown) => {
      failures.push({ channel, error: messageOf(error) });
      return "failed";
    };
    const [email, sms, push, crm] = await Promise.all([
      step.run("send-email", () => sendShipmentEmail(shipmentId)).catch(orFailed("email")),
      step.run("send-sms", () => sendShipmentSms(shipmentId)).catch(orFailed("sms")),
      step.run("send-push", () => sendShipmentPush(shipmentId)).catch(orFailed("push")),
      step.run("update-crm", () => updateCrmShipment(shipmentId)).catch(orFailed("crm")),
    ]);
    if (failures.length > 0) await step.run("report-failures", () => alertNotificationFailures(shipmentId, failures));
    return { orderId, shipmentId, email, sms, push, crm };
  },
);

export const orderDeliveredFunction = inngest.createFunction(
  {
    id: "order-delivered",
    name: "Notify of a delivery",
    description: "Emails the customer when the last shipment of an order has been delivered.",
    triggers: [eventType("order/delivered")],
    retries: RETRIES_FOR_TWO_HOURS,
  },
  async ({ event, step }) => {
    const { orderId } = event.data;
    const emailId = await step.run("send-email", () => sendDeliveryEmail(orderId));
    if (emailId) return { orderId, emailId };
    return { orderId, emailId, reason: "There is no such order, or it has not been delivered." };
  },
);
