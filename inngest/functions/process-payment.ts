import { inngest, RETRIES_FOR_TWO_HOURS } from "@/inngest/client";
import { ownEvent } from "@/inngest/event-origin";
import { paymentPurpose, reportPaymentFailure, type Settlement } from "@/lib/payment-requests/process-payment";

export const processPayment = inngest.createFunction(
  {
    id: "process-payment",
    name: "Process a payment",
    description: "Pays out an approved expense, or pays for an open order. Refunds a payment that cannot be settled.",
    triggers: [ownEvent("payment/process")],
    // With Inngest's backoff ten attempts outlast an outage of 2.3 hours. After that the reconciler continues the payment.
    retries: RETRIES_FOR_TWO_HOURS,
    concurrency: [
      // Shares Stripe's 25 requests a second with the charges.
      { limit: 10 },
      // Two requests for the same purpose run one after the other, so the second one sees the result of the first.
      { key: "event.data.purpose + event.data.id", limit: 1 },
    ],
    // The run itself compensates: it knows the attempt. The order may be at another one when this runs.
    onFailure: async ({ event, error, step }) => {
      const { run_id: runId, event: requested } = event.data;
      const { message, stack } = error;
      await step.run("report-failure", () => reportPaymentFailure({ runId, request: requested.data, message, stack }));
    },
  },
  async ({ event, step }) => {
    const request = event.data;
    const { purpose, id } = request;
    const payment = paymentPurpose(purpose);

    const prepared = await step.run("prepare", () => payment.prepare(request));
    if (!prepared.due) return { purpose, id, outcome: "nothing to pay", reason: prepared.reason };
    const { attempt } = prepared;

    const paid = await step
      .run("pay", () => payment.pay(id, attempt))
      .catch(async (error: unknown) => {
        await step.run("compensate", () => payment.abandon(id, attempt));
        throw error;
      });
    if (paid.outcome === "unpaid") {
      await step.run("notify-unpaid", () => payment.notify(id));
      return { purpose, id, outcome: "unpaid", reason: paid.reason };
    }

    const refund = () => step.run("refund", () => payment.refund(id, attempt, "fulfilment_failed"));
    const settlement: Settlement = await step
      .run("settle", () => payment.settle(id, attempt))
      .catch(async (error: unknown) => {
        await refund();
        await step.run("notify-refunded", () => payment.notify(id));
        throw error;
      });
    const outcome = settlement === "refused" ? await refund() : settlement;
    await step.run("notify", () => payment.notify(id));
    return { purpose, id, outcome };
  },
);
