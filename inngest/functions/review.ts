import { inngest } from "@/inngest/client";
import { orderCreated } from "@/inngest/events";
import { notifyManagers } from "@/lib/review/notify-managers";

/**
 * Tells managers of an order of high value. Whether it is one was decided when it was placed, and whether it waits for them
 * too: `process-order` sees that for itself and does not depend on this function.
 */
export const orderReview = inngest.createFunction(
  {
    id: "order-review",
    name: "Review an order of high value",
    description: "Emails managers a link to the order, which they release or reject there if it is held for them.",
    // All other orders cost nothing here.
    triggers: [{ event: orderCreated, if: "event.data.review == true" }],
    // The emails are only written down here; two hours outlast a database that is down.
    retries: 9,
    concurrency: [
      // Never in the way of what charges and confirms.
      { limit: 5 },
    ],
  },
  async ({ event, step }) => {
    const { orderId } = event.data;
    const { outcome, emails } = await step.run("alert-managers", () => notifyManagers(orderId));
    return { orderId, outcome, emails };
  },
);
