import { inngest } from "@/inngest/client";
import { orderCreated } from "@/inngest/events";
import { notifyManagers } from "@/lib/orders/review-emails";

/** Emails managers about an order of high value. `process-order` holds the order by itself, and does not depend on this function. */
export const orderReview = inngest.createFunction(
  {
    id: "order-review",
    name: "Notify managers of a high-value order",
    description: "Emails managers a link to the order, where they release or reject it if it is held.",
    // Other orders start no run.
    triggers: [{ event: orderCreated, if: "event.data.review == true" }],
    // The emails are only queued here. Two hours of retries outlast an outage of the database.
    retries: 9,
    concurrency: [
      // Never delays the runs that charge and confirm.
      { limit: 5 },
    ],
  },
  async ({ event, step }) => {
    const { orderId } = event.data;
    const { outcome, emails } = await step.run("email-managers", () => notifyManagers(orderId));
    return { orderId, outcome, emails };
  },
);
