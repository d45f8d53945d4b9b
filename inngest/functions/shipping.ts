import { inngest } from "@/inngest/client";
import { orderDelivered, orderShipped } from "@/inngest/events";
import { messageOf } from "@/lib/errors";
import { sendDeliveryEmail, sendParcelEmail } from "@/lib/orders/send-order-email";
import {
  alertNotificationFailures,
  sendShipmentPush,
  sendShipmentSms,
  updateCrmShipment,
} from "@/lib/shipping/notify-shipment";

/** A parcel has left: whoever wants to know is told, each on a way of its own. */
export const orderShippedFunction = inngest.createFunction(
  {
    id: "order-shipped",
    name: "Tell that a parcel has left",
    description:
      "E-mail, text message, push and CRM side by side; one that fails for good neither stops nor repeats the others.",
    triggers: [orderShipped],
    // For each step by itself: a provider that is down for two hours delays its own message, and no other.
    retries: 9,
  },
  async ({ event, step }) => {
    const { orderId, shipmentId } = event.data;
    const ways = ["email", "sms", "push", "crm"] as const;
    const results = await Promise.allSettled([
      step.run("send-email", () => sendParcelEmail(shipmentId)),
      step.run("send-sms", () => sendShipmentSms(shipmentId)),
      step.run("send-push", () => sendShipmentPush(shipmentId)),
      step.run("update-crm", () => updateCrmShipment(shipmentId)),
    ]);
    const outcomes = ways.map((channel, index) => ({ channel, result: results[index] }));
    const failures = outcomes.flatMap(({ channel, result }) =>
      result?.status === "rejected" ? [{ channel, error: messageOf(result.reason) }] : [],
    );
    if (failures.length > 0) await step.run("report-failures", () => alertNotificationFailures(shipmentId, failures));
    const told = outcomes.map(({ channel, result }) => [
      channel,
      result?.status === "fulfilled" ? result.value : "failed",
    ]);
    return { orderId, shipmentId, ...Object.fromEntries(told) };
  },
);

/** Everything has arrived: the customer is told, and how to answer where it has not. */
export const orderDeliveredFunction = inngest.createFunction(
  {
    id: "order-delivered",
    name: "Tell that an order has arrived",
    description: "An email to the customer when the last parcel of an order has been delivered.",
    triggers: [orderDelivered],
    // An email provider that is down for two hours delays the email, and loses none.
    retries: 9,
  },
  async ({ event, step }) => {
    const { orderId } = event.data;
    const emailId = await step.run("send-email", () => sendDeliveryEmail(orderId));
    return emailId ? { orderId, emailId } : { orderId, because: "There is no such order, or it has not arrived." };
  },
);
