import { inngest } from "@/inngest/client";
import { paymentProcess } from "@/inngest/events";
import { paymentKind } from "@/lib/payment-requests/payment-kinds";
import type { Fulfilment } from "@/lib/payment-requests/payment-request";
import { balanceBooks, reportPaymentFailure } from "@/lib/payment-requests/report-failure";

/** Pays, delivers what was paid for, and gives the money back when that cannot be. */
export const processPayment = inngest.createFunction(
  {
    id: "process-payment",
    name: "Process a payment",
    description: "Pays out an approved expense, or pays for an open order; fulfils, or takes the payment back.",
    triggers: [paymentProcess],
    // With Inngest's backoff ten attempts reach over 2.3 hours of outage; what is owed after that, the reconciler takes up again.
    retries: 9,
    concurrency: [
      // Shares Stripe's 25 requests a second with the charges.
      { limit: 10 },
      // Two requests for the same thing go one after the other, so that the second finds what the first has done.
      { key: "event.data.purpose + event.data.id", limit: 1 },
    ],
    onFailure: async ({ event, error, step }) => {
      const { run_id: runId, event: asked } = event.data;
      const { message, stack } = error;
      await step.run("report", () => reportPaymentFailure({ runId, request: asked.data, message, stack }));
      await step.run("balance-books", () => balanceBooks(asked.data));
    },
  },
  async ({ event, step }) => {
    const request = event.data;
    const { purpose, id } = request;
    const kind = paymentKind(purpose);

    const prepared = await step.run("prepare", () => kind.prepare(request));
    if (!prepared.due) return { purpose, id, outcome: "nothing to pay", reason: prepared.reason };
    const { attempt } = prepared;

    const paid = await step.run("pay", () => kind.pay(id, attempt));
    if (paid.outcome === "unpaid") {
      await step.run("tell-unpaid", () => kind.tell(id));
      return { purpose, id, outcome: "unpaid", reason: paid.reason };
    }

    // What to give back is read from the books and from Stripe when it comes to that, not remembered here.
    const giveBack = () => step.run("give-back", () => kind.giveBack(id, attempt, "fulfilment_failed"));
    let fulfilled: Fulfilment;
    try {
      fulfilled = await step.run("fulfil", () => kind.fulfil(id, attempt));
    } catch (error) {
      await giveBack();
      await step.run("tell-given-back", () => kind.tell(id));
      throw error;
    }
    const left = fulfilled === "refused" ? await giveBack() : fulfilled;
    await step.run("tell", () => kind.tell(id));
    return { purpose, id, outcome: left };
  },
);
