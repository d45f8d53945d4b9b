import { bufferedCheckpointing, eventType, inngest, RETRIES_FOR_TWO_HOURS } from "@/inngest/client";
import { ownEvent } from "@/inngest/event-origin";
import { callWebhookEndpoint, failDelivery } from "@/lib/webhooks-out/call-endpoint";
import { retryDelay } from "@/lib/webhooks-out/circuit-breaker";
import { planDeliveries, toWebhookEvent } from "@/lib/webhooks-out/plan-deliveries";

export const planWebhookDeliveries = inngest.createFunction(
  {
    id: "plan-webhook-deliveries",
    name: "Plan webhook deliveries",
    description:
      "Inserts a delivery for each endpoint that subscribes to the event, page by page, and triggers its attempts.",
    // An order that no endpoint subscribes to starts no run.
    triggers: [
      { event: eventType("order/confirmed"), if: "event.data.subscribed != false" },
      ownEvent("order/shipped"),
      ownEvent("order/cancelled"),
      eventType("refund/succeeded"),
    ],
    // Only the database is needed. If the run is lost, a sweep plans the deliveries.
    retries: RETRIES_FOR_TWO_HOURS,
    checkpointing: bufferedCheckpointing,
  },
  async ({ event, step }) => {
    const webhookEvent = toWebhookEvent(event.name, event.data);
    if (!webhookEvent) return { planned: 0, outcome: `There is no webhook event for ${event.name}.` };
    let cursor: string | null = "";
    let planned = 0;
    for (let page = 1; cursor !== null; page++) {
      const from: string = cursor;
      const done = await step.run(`plan-page-${page}`, () => planDeliveries(webhookEvent, from));
      planned += done.planned;
      cursor = done.next;
    }
    const outcome = planned > 0 ? "planned" : "There is no such order, or no endpoint subscribes to the event.";
    return { ...webhookEvent, planned, outcome };
  },
);

/** Most checks of a delivery find an open circuit and make no attempt. At its longest pause, an hour, they last for a week. */
const MAX_CHECKS = 200;

/** Makes the attempts of one delivery, from the first to the last. */
export const callExternalApi = inngest.createFunction(
  {
    id: "call-external-api",
    name: "Deliver a webhook",
    description:
      "Makes a signed call and retries it for two days. It makes no call while the endpoint's circuit is open.",
    triggers: [ownEvent("api/call")],
    // A failed call is an outcome, and the run sleeps before the next attempt. These retries are for our database: twenty take most of
    // a day. A run that fails leaves its delivery pending until the sweep finds it, 16 hours later.
    retries: 20,
    // Holds back the runs of a burst; none is dropped. The strict limit, retries included, is in `callWebhookEndpoint`.
    throttle: { limit: 100, period: "1m", key: "event.data.userId" },
    concurrency: [
      // Slow endpoints must not delay the orders.
      { limit: 50 },
      // Nor may one user's endpoints delay the others.
      { key: "event.data.userId", limit: 10 },
    ],
  },
  async ({ event, step }) => {
    const { deliveryId } = event.data;
    let failed = 0;
    for (let check = 1; check <= MAX_CHECKS; check++) {
      const result = await step.run(`call-endpoint-${check}`, () => callWebhookEndpoint(deliveryId));
      if (result.outcome === "delivered") return { deliveryId, outcome: "delivered" };
      if (result.outcome === "ended") return { deliveryId, outcome: result.reason };
      if (result.outcome === "failed") failed++;
      const delay = result.outcome === "wait" ? result.ms : retryDelay(failed, result.retryAfterMs);
      if (delay === undefined) break;
      await step.sleep(`wait-${check}`, delay);
    }
    await step.run("fail-delivery", () => failDelivery(deliveryId));
    return { deliveryId, outcome: "failed" };
  },
);
