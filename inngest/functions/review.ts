import { eventType, inngest, RETRIES_FOR_TWO_HOURS } from "@/inngest/client";
import { notifyManagers } from "@/lib/orders/review-emails";

/** Emails managers about an order of high value. `process-order` holds the order by itself, and does not depend on this function. */
export const orderReview = inngest.createFunction(
  {
    id: "order-review",
    name: "Notify managers of a high-value order",
    description: "Emails managers a link to the order, where they release or reject it if it is held.",
    // Other orders start no run.
    triggers: [{ event: eventType("order/created"), if: "event.data.review == true" }],
    retries: RETRIES_FOR_TWO_HOURS,
    // Never delays the runs that charge and confirm.
    concurrency: [{ limit: 5 }],
  },
  async ({ event, step }) => {
    const { orderId } = event.data;
    const { outcome, emails } = await step.run("email-managers", () => notifyManagers(orderId));
    return { orderId, outcome, emails };
  },
);
