import { cron } from "inngest";
import { eventType, inngest, RETRIES_FOR_TWO_HOURS } from "@/inngest/client";
import { notifyCharge, notifyRefunds, notifySubscriptionEnd } from "@/lib/billing/billing-emails";
import { chargeSubscription } from "@/lib/billing/charge-subscription";
import { closeCharges, closeEndedCharges, failCharge } from "@/lib/billing/close-charge";
import { openCharges, triggerDueCharges } from "@/lib/billing/due-charges";
import { refreshCharge } from "@/lib/billing/refresh-charge";
import { recordHeartbeat } from "@/lib/heartbeats";

/** Pages of one round, of up to 500 charges each: far below the engine's 1,000 steps a run. The next round continues. */
const MAX_PAGES = 100;

/** Opens and triggers the charges that are due. The database knows which were triggered, so the cron may fire at any rate. */
export const billingCycle = inngest.createFunction(
  {
    id: "billing-cycle",
    name: "Billing cycle",
    description: "Opens the charge of every period that has started, and triggers each attempt that is due.",
    // Every six hours: the exact hour of a monthly charge does not matter, and a missed round delays charges by six hours only.
    triggers: [cron("0 */6 * * *")],
    // The retries cover an outage of the database of a quarter of an hour, because the next round is six hours away.
    retries: 6,
    // Two rounds at once would only wait for each other's rows.
    singleton: { mode: "skip" },
  },
  async ({ step, runId }) => {
    let opened = 0;
    let waived = 0;
    for (let page = 1, more = true; more && page <= MAX_PAGES; page++) {
      const done = await step.run(`open-charges-${page}`, async () => {
        await recordHeartbeat("billing-cycle", runId);
        return openCharges();
      });
      opened += done.opened;
      waived += done.waived;
      more = done.more;
    }
    // A waived charge must not be payable. The reconciler closes the charges that this step cannot close.
    if (waived > 0) await step.run("close-waived-charges", () => closeEndedCharges());
    let triggered = 0;
    for (let page = 1, more = true; more && page <= MAX_PAGES; page++) {
      const done = await step.run(`trigger-charges-${page}`, () => triggerDueCharges());
      triggered += done.triggered;
      more = done.more;
    }
    return { opened, waived, triggered };
  },
);

/** Makes one attempt to charge one period and notifies the customer. The billing cycle triggers the next attempt. */
export const chargeSubscriptionFunction = inngest.createFunction(
  {
    id: "charge-subscription",
    name: "Charge a subscription",
    description:
      "Charges the stored card. A failed charge is attempted again on days 1, 3 and 5; the last failure ends the subscription.",
    triggers: [eventType("subscription/charge-due")],
    // An attempt waits for Stripe for 2.3 hours of outage and does not count as failed. After that it is triggered again.
    retries: RETRIES_FOR_TWO_HOURS,
    concurrency: [
      // Shares Stripe's 25 requests a second with the orders, which are more urgent.
      { limit: 10 },
      // Two runs for one charge execute one after the other.
      { key: "event.data.chargeId", limit: 1 },
    ],
  },
  async ({ event, step }) => {
    const { chargeId, attempt } = event.data;
    const charged = await step.run("charge", () => chargeSubscription(chargeId, attempt));
    if (charged.outcome === "unknown") return { chargeId, outcome: "There is no such charge." };
    if (charged.outcome === "ended") return { chargeId, outcome: "The charge has ended without this attempt." };
    if (charged.outcome === "failed" && charged.last) {
      const ended = await step.run("end-subscription", () => failCharge(chargeId));
      if (ended) return { chargeId, outcome: "The last attempt failed, and the subscription has ended." };
    }
    await step.run("notify-customer", () => notifyCharge(chargeId, attempt));
    return { chargeId, outcome: charged.outcome };
  },
);

export const settleSubscriptionCharge = inngest.createFunction(
  {
    id: "settle-subscription-charge",
    name: "Update a subscription's payment",
    description:
      "Reads a charge's PaymentIntent, refunds and disputes from Stripe after a webhook, and notifies the customer.",
    triggers: [eventType("subscription/payment-changed")],
    // After that the reconciler updates the charge.
    retries: RETRIES_FOR_TWO_HOURS,
    concurrency: [
      // Half of the requests that charging subscriptions may use: an update can wait.
      { limit: 5 },
      // Stripe sends several events about one payment at once; each run would read the same.
      { key: "event.data.chargeId", limit: 1 },
    ],
  },
  async ({ event, step }) => {
    const { chargeId, disputed } = event.data;
    const { status, refunds } = await step.run("read-payment", () => refreshCharge(chargeId, disputed));
    if (status === "unknown") return { chargeId, status: "There is no such charge.", refunds };
    await step.run("notify-customer", () => notifyCharge(chargeId, 0));
    if (refunds > 0) await step.run("notify-refunds", () => notifyRefunds(chargeId));
    return { chargeId, status, refunds };
  },
);

export const endSubscriptionFunction = inngest.createFunction(
  {
    id: "end-subscription",
    name: "End a subscription",
    description: "Cancels open PaymentIntents, refunds what was paid too late, and notifies the customer.",
    triggers: [eventType("subscription/cancelled")],
    // As many as `charge-subscription` has, because that run may still be under way.
    retries: RETRIES_FOR_TWO_HOURS,
  },
  async ({ event, step }) => {
    const { subscriptionId } = event.data;
    const closed = await step.run("close-charges", () => closeCharges(subscriptionId));
    const emailId = await step.run("notify-customer", () => notifySubscriptionEnd(subscriptionId));
    return { subscriptionId, closed, emailId: emailId ?? "There is no such subscription, or it continues." };
  },
);
