import { broadcastEmail } from "@/lib/broadcasts/broadcast-email";
import { after, HOUR, MINUTE } from "@/lib/clock";
import { FAILURE_SENTENCES } from "@/lib/order-state/failure-sentences";
import { FAILURES, type FailureReason } from "@/lib/order-state/status";
import {
  type EmailOrder,
  orderCancelled,
  orderConfirmed,
  orderCorrected,
  orderDelivered,
  orderFailed,
  orderMoved,
  paymentReminder,
  paymentRequest,
  refundFailed,
  refundMade,
  shipmentSent,
} from "@/lib/orders/order-emails";
import { highValueOrder, holdExpires } from "@/lib/orders/review-emails";
import { externalShipment } from "@/lib/shipping/external-shipment";
import { type Samples, SHOP, THINGS } from "./sample";

const statusUrl = `${SHOP}/orders/ord_1?token=t0ken`;
const consoleUrl = `${SHOP}/console/orders/ord_1`;
const trackingUrl = "https://carrier.example/follow?parcel=00340434161094042557&lang=en";
const yen = { amount: 1_250_000, currency: "JPY" };

const REASONS = Object.entries(FAILURES) as [FailureReason, { payable: boolean }][];
const OF_ORDER = ["100042", "€12,522.98", "1 × Rucksack, 18 l", "WELCOME-7Q4M", "−€180.00", statusUrl];

/** Samples of the emails about orders. */
export function orderSamples(name: string) {
  const order: EmailOrder = {
    number: "100042",
    name,
    total: { amount: 1_252_298, currency: "EUR" },
    discount: { code: "WELCOME-7Q4M", amount: { amount: 18_000, currency: "EUR" } },
    lines: THINGS,
    address: [name, "Straße des 17. Juni 135", "Hinterhaus, 4. Stock", "10623 Berlin", "Germany"],
    statusUrl,
  };
  const plain: EmailOrder = {
    ...{ number: "100043", name: null, total: yen, statusUrl },
    lines: [{ name: "Lamp", quantity: 1, total: yen }],
  };
  const shipment = {
    carrier: "DHL",
    trackingNumber: "00340434161094042557",
    shippedAt: "2026-03-02T09:00:00.000Z",
    items: THINGS.slice(0, 3),
  };
  const review = { number: "100042", total: order.total, customer: `${name} <buyer@shop.example>`, url: consoleUrl };
  return {
    order_confirmed: [
      { about: "everything", compose: () => orderConfirmed(order), says: [...OF_ORDER, "10623 Berlin"] },
      { about: "nothing but an order", compose: () => orderConfirmed(plain), says: ["100043", "¥1,250,000", "Hello,"] },
    ],
    order_failed: REASONS.map(([reason, { payable }]) => ({
      about: reason,
      compose: () => orderFailed(order, reason, payable),
      says: [...OF_ORDER, FAILURE_SENTENCES[reason], payable ? "You can pay again" : "See your order"],
    })),
    order_payment_reminder: [
      { about: "everything", compose: () => paymentReminder(order), says: [...OF_ORDER, "Continue with the payment"] },
    ],
    order_payment_request: [
      { about: "everything", compose: () => paymentRequest(order), says: [...OF_ORDER, "Pay now", statusUrl] },
    ],
    external_shipment: [
      {
        about: "with a tracking number",
        compose: () => externalShipment({ orderId: name, carrier: "DHL", trackingNumber: "00340434" }),
        says: ["DHL", "00340434", "on its way"],
      },
    ],
    notification: [
      {
        about: "of a storefront",
        compose: ({ unsubscribe }) =>
          broadcastEmail({ title: "Your table is ready", message: "Please come.", unsubscribe }),
        says: ["Please come."],
      },
    ],
    order_cancelled: ["customer", "replaced", "review_rejected", "review_expired"].map((reason) => ({
      about: reason,
      compose: () => orderCancelled(order, reason),
      says: OF_ORDER,
    })),
    order_corrected: [
      { about: "address", compose: () => orderCorrected(order), says: [...OF_ORDER, "10623 Berlin", "corrected"] },
    ],
    order_moved: [
      { about: "to another address", compose: () => orderMoved("100042"), says: ["100042", "no more emails"] },
    ],
    order_shipped: [
      {
        about: "all of it",
        compose: () => shipmentSent(order, { ...shipment, trackingUrl, complete: true }),
        says: ["Order 100042", "DHL", shipment.trackingNumber, "12 × Kaffeemühle", "10623 Berlin", trackingUrl],
      },
      {
        about: "a part, with nothing to follow",
        compose: () => shipmentSent(plain, { ...shipment, complete: false }),
        says: ["A part of order 100043", shipment.trackingNumber, statusUrl],
      },
    ],
    order_delivered: [
      {
        about: "all of it",
        compose: () => orderDelivered(order),
        says: ["Order 100042 has arrived", "12 × Kaffeemühle", statusUrl],
      },
    ],
    refund_made: [
      {
        about: "a part",
        compose: () => refundMade(order, { amount: 9_998, currency: "EUR" }),
        says: ["100042", "€99.98", statusUrl],
      },
    ],
    refund_failed: [
      {
        about: "a part",
        compose: () => refundFailed(order, { amount: 9_998, currency: "EUR" }),
        says: ["100042", "€99.98", "did not arrive", statusUrl],
      },
    ],
    order_review: [
      {
        about: "held",
        compose: () => highValueOrder({ ...review, holdHours: 24 }),
        says: ["100042", "€12,522.98", "24 hours", consoleUrl],
      },
      { about: "noted", compose: () => highValueOrder(review), says: ["100042", "€12,522.98", consoleUrl] },
    ],
    order_review_reminder: [
      {
        about: "hours left",
        compose: () => holdExpires({ ...review, dueAt: after(6.2 * HOUR) }),
        says: ["100042", "€12,522.98", "6 hours", "UTC", consoleUrl],
      },
      {
        about: "less than two hours left",
        compose: () => holdExpires({ ...review, dueAt: after(MINUTE) }),
        says: ["100042", "1 minute left", consoleUrl],
      },
    ],
  } satisfies Samples<
    | "order_confirmed"
    | "order_failed"
    | "order_payment_reminder"
    | "order_payment_request"
    | "external_shipment"
    | "notification"
    | "order_cancelled"
    | "order_corrected"
    | "order_moved"
    | "order_shipped"
    | "order_delivered"
    | "refund_made"
    | "refund_failed"
    | "order_review"
    | "order_review_reminder"
  >;
}
