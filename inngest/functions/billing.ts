import { cron } from "inngest";
import { inngest } from "@/inngest/client";
import { subscriptionCancelled, subscriptionChargeDue, subscriptionPaymentChanged } from "@/inngest/events";
import { chargeSubscription } from "@/lib/billing/charge-subscription";
import { closeCharges, closeEndedCharges, failCharge } from "@/lib/billing/close-charge";
import { openCharges } from "@/lib/billing/open-charges";
import { refreshCharge } from "@/lib/billing/refresh-charge";
import { notifyCharge, notifyRefunds, notifySubscriptionEnd } from "@/lib/billing/send-billing-email";
import { triggerDueCharges } from "@/lib/billing/trigger-due-charges";
import { recordHeartbeat } from "@/lib/heartbeats";

/** Pages of one round, of up to 500 each: far below the engine's 1,000 steps a run, and the next round goes on. */
const MAX_PAGES = 100;

/** Finds what is due. The database says what was asked for already, so it may fire as often as it likes. */
export const billingCycle = inngest.createFunction(
  {
    id: "billing-cycle",
    name: "Billing cycle",
    description: "Opens the charge of every period that has begun, and asks for each attempt that is due.",
    // Four times a day: nobody minds whether a month's charge comes at nine or at noon, and a missed round costs six hours.
    triggers: [cron("0 */6 * * *")],
    // The next round is six hours away; an outage of the database of a quarter of an hour should not cost that.
    retries: 6,
    // Two rounds at once would only wait for each other's rows.
    concurrency: [{ limit: 1 }],
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
    // Nobody should pay for what is no longer asked for; what is left after this round, the reconciler closes.
    if (waived > 0) await step.run("close-waived-charges", () => closeEndedCharges());
    let asked = 0;
    for (let page = 1, more = true; more && page <= MAX_PAGES; page++) {
      const done = await step.run(`ask-charges-${page}`, () => triggerDueCharges());
      asked += done.asked;
      more = done.more;
    }
    return { opened, waived, asked };
  },
);

/** One attempt to charge one period, and what follows from it. The next attempt is the billing cycle's to ask for. */
export const chargeSubscriptionFunction = inngest.createFunction(
  {
    id: "charge-subscription",
    name: "Charge a subscription",
    description:
      "Charges the card on file; a failure is dunned for on days 1, 3 and 5, the last one ends the subscription.",
    triggers: [subscriptionChargeDue],
    // Over 2.3 hours of outage an attempt waits for Stripe, and does not count as failed; after that it is asked for again.
    retries: 9,
    concurrency: [
      // Shares Stripe's 25 requests a second with the orders, which matter more at any moment.
      { limit: 10 },
      // Two runs for one charge go one after the other.
      { key: "event.data.chargeId", limit: 1 },
    ],
  },
  async ({ event, step }) => {
    const { chargeId, attempt } = event.data;
    const charged = await step.run("charge", () => chargeSubscription(chargeId, attempt));
    if (charged.outcome === "unknown") return { chargeId, outcome: "There is no such charge." };
    if (charged.outcome === "ended") return { chargeId, outcome: "It has ended otherwise." };
    if (charged.outcome === "failed" && charged.last) {
      const ended = await step.run("give-up", () => failCharge(chargeId));
      if (ended) return { chargeId, ...charged, ended };
    }
    await step.run("tell", () => notifyCharge(chargeId, attempt));
    return { chargeId, ...charged };
  },
);

/** The customer has paid with 3-D Secure: Stripe says that something changed, and what, is read from there. */
export const settleSubscriptionCharge = inngest.createFunction(
  {
    id: "settle-subscription-charge",
    name: "Take over a subscription's payment",
    description: "Reads a charge's PaymentIntent and its refunds from Stripe after a webhook, and tells the customer.",
    triggers: [subscriptionPaymentChanged],
    // Two hours of outage at Stripe delay the news; behind that the reconciler reads what was missed.
    retries: 9,
    concurrency: [
      // Half of what charging subscriptions may take of Stripe's requests: news can wait.
      { limit: 5 },
      // Stripe sends several events about one payment at once; each reading would find the same.
      { key: "event.data.chargeId", limit: 1 },
    ],
  },
  async ({ event, step }) => {
    const { chargeId } = event.data;
    const { status, refunds } = await step.run("read-payment", () => refreshCharge(chargeId));
    if (status === "unknown") return { chargeId, status: "There is no such charge." };
    await step.run("tell", () => notifyCharge(chargeId, 0));
    if (refunds > 0) await step.run("tell-refunds", () => notifyRefunds(chargeId));
    return { chargeId, status, refunds };
  },
);

/** What is left to do when a subscription ends, for whatever reason. */
export const endSubscriptionFunction = inngest.createFunction(
  {
    id: "end-subscription",
    name: "End a subscription",
    description:
      "Closes what could still be paid at Stripe, sends back what was paid too late, and tells the customer.",
    triggers: [subscriptionCancelled],
    // As long as charge-subscription may be at it.
    retries: 9,
  },
  async ({ event, step }) => {
    const { subscriptionId } = event.data;
    const closed = await step.run("close-charges", () => closeCharges(subscriptionId));
    const emailId = await step.run("tell", () => notifySubscriptionEnd(subscriptionId));
    return { subscriptionId, closed, emailId: emailId ?? "There is no such subscription, or it goes on." };
  },
);
