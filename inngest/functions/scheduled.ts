import { cron } from "inngest";
import { inngest } from "@/inngest/client";
import { deliverMail } from "@/lib/email/send-mail";
import { sweepOutbox } from "@/lib/outbox";
import { closeIntents, settleIntent } from "@/lib/payments/close-intents";
import { sendRefund } from "@/lib/payments/send-refund";
import { checkStripe } from "@/lib/reconcile/check-stripe";
import { each } from "@/lib/reconcile/each";
import { endOverdueOrders, releaseExpired, restartOrders } from "@/lib/reconcile/heal-orders";
import { sendAlerts } from "@/lib/reconcile/send-alerts";
import { isStripeDue, survey } from "@/lib/reconcile/survey";
import { markProcessed } from "@/lib/webhooks/inbox";

/** Does not trust the engine: finds whatever has stopped moving, and sets it going again or reports it. */
export const reconcile = inngest.createFunction(
  {
    id: "reconcile",
    name: "Reconcile",
    description:
      "Orders that stopped moving, events that were not sent, reservations that ran out, payments no order knows of.",
    triggers: [cron("* * * * *")],
    // The next round is a minute away.
    retries: 1,
    // Two rounds at once would do the same work twice.
    concurrency: [{ limit: 1 }],
  },
  async ({ step, runId }) => {
    const found = await step.run("survey", () => survey(runId));
    const done: Record<string, unknown> = {};
    if (found.unsent > 0) done.outbox = await step.run("sweep-outbox", () => sweepOutbox());
    if (found.stuckOrders.length > 0)
      done.restarted = await step.run("restart-stuck-orders", () => restartOrders(found.stuckOrders));
    if (found.overdueOrders.length > 0)
      done.overdue = await step.run("end-overdue-orders", () => endOverdueOrders(found.overdueOrders));
    if (found.expiredReservations.length > 0)
      done.released = await step.run("release-expired-reservations", () => releaseExpired(found.expiredReservations));
    if (found.openIntents.length > 0)
      done.closed = await step.run("close-payments-of-ended-orders", () => each(found.openIntents, closeIntents));
    if (found.pendingRefunds.length > 0)
      done.refunds = await step.run("send-pending-refunds", () => each(found.pendingRefunds, sendRefund));
    if (found.queuedMails.length > 0)
      done.mails = await step.run("send-queued-mails", () => each(found.queuedMails, deliverMail));
    if (found.unheardIntents.length > 0)
      done.webhooks = await step.run("apply-webhooks", () =>
        each(found.unheardIntents, async (intentId) => {
          await settleIntent(intentId);
          await markProcessed("stripe", intentId, "Settled by the reconciler.");
        }),
      );
    if (isStripeDue(found.at)) done.stripe = await step.run("check-stripe", () => checkStripe());
    if (found.newAlerts.length > 0) done.alerts = await step.run("send-alerts", () => sendAlerts(found.newAlerts));
    return done;
  },
);
