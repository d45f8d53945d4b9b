import { bufferedCheckpointing, inngest } from "@/inngest/client";
import { apiCall, orderCancelled, orderConfirmed, orderShipped, refundSucceeded } from "@/inngest/events";
import { callWebhookEndpoint, failDelivery } from "@/lib/webhooks-out/call-endpoint";
import { pauseAfter } from "@/lib/webhooks-out/circuit-breaker";
import { planDeliveries } from "@/lib/webhooks-out/plan-deliveries";
import { toWebhookEvent } from "@/lib/webhooks-out/webhook-event";

/** Something has happened to an order: whoever wants to hear of it gets a delivery of their own. */
export const planWebhookDeliveries = inngest.createFunction(
  {
    id: "plan-webhook-deliveries",
    name: "Tell partners",
    description:
      "Writes a delivery for each webhook that has asked for this event, page by page, and sets the calls going.",
    // An order that nobody asks to hear of costs nothing here.
    triggers: [
      { event: orderConfirmed, if: "event.data.partners != false" },
      orderShipped,
      orderCancelled,
      refundSucceeded,
    ],
    // The database alone is needed here; what it cannot do in a quarter of an hour, health tells a person of.
    retries: 6,
    checkpointing: bufferedCheckpointing,
  },
  async ({ event, step }) => {
    const fact = toWebhookEvent(event.name, event.data);
    if (!fact) return { planned: 0 };
    let cursor: string | null = "";
    let planned = 0;
    for (let page = 1; cursor !== null; page++) {
      const from: string = cursor;
      const done = await step.run(`plan-page-${page}`, () => planDeliveries(fact, from));
      planned += done.planned;
      cursor = done.next;
    }
    if (planned === 0) return { ...fact, planned, because: "There is no such order, or nobody asks to hear of it." };
    return { ...fact, planned };
  },
);

/** One delivery to a partner, from the first call to the last. */
export const callExternalApi = inngest.createFunction(
  {
    id: "call-external-api",
    name: "Call a partner",
    description: "A signed call; tried again for two days, and not at all while the endpoint's circuit is open.",
    triggers: [apiCall],
    // What the partner answers is an outcome and has pauses of its own; this is for our database.
    retries: 4,
    // What a partner has to take at most, whatever happens in the shop; the rest waits, none is dropped. This holds back the
    // runs of a storm; that it is a hundred in any minute, second tries included, `callWebhookEndpoint` sees to (lib/partners/pace.ts).
    throttle: { limit: 100, period: "1m", key: "event.data.userId" },
    concurrency: [
      // Slow endpoints must not keep the engine from the orders.
      { limit: 50 },
      // Nor one partner from the others.
      { key: "event.data.userId", limit: 10 },
    ],
  },
  async ({ event, step }) => {
    const { deliveryId } = event.data;
    let failed = 0;
    // Most of these calls are none: the circuit is open. At its longest pause, an hour, they last for a week.
    for (let call = 1; call <= 200; call++) {
      const result = await step.run(`call-${call}`, () => callWebhookEndpoint(deliveryId));
      if (result.outcome === "delivered") return { deliveryId, outcome: "delivered", calls: call };
      if (result.outcome === "ended") return { deliveryId, outcome: result.why };
      if (result.outcome === "failed") failed++;
      const pause = result.outcome === "wait" ? result.ms : pauseAfter(failed, result.asked);
      if (pause === undefined) break;
      await step.sleep(`pause-${call}`, pause);
    }
    await step.run("give-up", () => failDelivery(deliveryId));
    return { deliveryId, outcome: "failed" };
  },
);
