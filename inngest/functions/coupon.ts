import { inngest } from "@/inngest/client";
import { orderConfirmed } from "@/inngest/events";
import { giveGifts } from "@/lib/coupons/give-gifts";
import { sendGiftEmails } from "@/lib/coupons/send-gift-emails";

/** Thanks new customers with a coupon. */
export const firstOrderGift = inngest.createFunction(
  {
    id: "first-order-gift",
    name: "Give a coupon for the first order",
    description: "One for each customer whose first order was confirmed, and an email with it.",
    // Who has had one already costs nothing here.
    triggers: [{ event: orderConfirmed, if: "event.data.gift == true" }],
    // Nobody waits for it, so a busy shop makes one run of up to 50 orders. Half a minute also lets the confirmation go first.
    batchEvents: { maxSize: 50, timeout: "30s" },
    // The emails are only written down here; two hours outlast a database that is down, and behind them `resume-work` finds what was missed.
    retries: 9,
    // One batch after the other: the orders come first.
    concurrency: [{ limit: 1 }],
  },
  async ({ events, step }) => {
    const orderIds = events.map(({ data }) => data.orderId);
    const codes = await step.run("give-coupons", () => giveGifts(orderIds));
    if (codes.length === 0)
      return { orders: orderIds.length, gifts: 0, because: "There is no such order, or none that is a first one." };
    const gifts = await step.run("send-gift-emails", () => sendGiftEmails(codes));
    return { orders: orderIds.length, gifts };
  },
);
