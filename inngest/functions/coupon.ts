import { eventType, inngest } from "@/inngest/client";
import { giveGifts, sendGiftEmails } from "@/lib/coupons/give-gifts";

export const firstOrderGift = inngest.createFunction(
  {
    id: "first-order-gift",
    name: "Give a coupon for the first order",
    description: "Creates one coupon for each customer whose first order was confirmed, and emails it.",
    // An order of a customer who has already received a gift starts no run.
    triggers: [{ event: eventType("order/confirmed"), if: "event.data.gift == true" }],
    // Nobody waits for it, so one run takes up to 50 orders. After half a minute the confirmation email has been sent.
    batchEvents: { maxSize: 50, timeout: "30s" },
    // The emails are only queued here, so only the database can fail. After two hours of retries the reconciler continues.
    retries: 9,
    // One batch at a time: orders have priority.
    concurrency: [{ limit: 1 }],
  },
  async ({ events, step }) => {
    const orderIds = events.map(({ data }) => data.orderId);
    const codes = await step.run("give-coupons", () => giveGifts(orderIds));
    if (codes.length === 0)
      return { orders: orderIds.length, gifts: 0, reason: "There is no such order, or none is a first order." };
    const gifts = await step.run("send-gift-emails", () => sendGiftEmails(codes));
    return { orders: orderIds.length, gifts };
  },
);
