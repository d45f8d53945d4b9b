import { cron, NonRetriableError } from "inngest";
import { inngest } from "@/inngest/client";
import { deliverEmail } from "@/lib/email/send-email";
import { messageOf } from "@/lib/errors";
import { sendAlerts } from "@/lib/health/send-alerts";
import { cancelOpenPaymentIntents } from "@/lib/payments/cancel-payment-intents";
import { executeRefund } from "@/lib/payments/send-refund";
import { checkStripe } from "@/lib/reconcile/check-stripe";
import { each } from "@/lib/reconcile/each";
import { giveUpEmails } from "@/lib/reconcile/give-up-emails";
import { endOverdueOrders, releaseExpired, restartOrders } from "@/lib/reconcile/heal-orders";
import { isStripeDue, isTellingDue, survey } from "@/lib/reconcile/survey";
import { sweepOutbox } from "@/lib/reconcile/sweep-outbox";
import { tellCustomers } from "@/lib/reconcile/tell-customers";
import { remindManagers } from "@/lib/review/notify-managers";
import { applyUnheard } from "@/lib/webhooks-in/refresh-payment-intent";

/** Does not trust the engine: finds whatever has stopped moving, and sets it going again or reports it. */
export const reconcile = inngest.createFunction(
  {
    id: "reconcile",
    name: "Reconcile",
    description:
      "Orders that stopped moving, events that were not sent, reservations that ran out, payments no order knows of; customers nobody told; held orders nobody decides on.",
    // The most often there is: a customer may be waiting for what was lost. A round that finds nothing is one statement.
    triggers: [cron("* * * * *")],
    // The next round is a minute away.
    retries: 1,
    // Two rounds at once would do the same work twice.
    concurrency: [{ limit: 1 }],
  },
  async ({ step, runId }) => {
    const found = await step.run("survey", () => survey(runId));
    const done: Record<string, unknown> = {};
    const failed: string[] = [];
    // A duty that fails is taken up again a minute later; the others must not wait for it.
    const duty = async (id: string, due: boolean, work: () => Promise<unknown>) => {
      if (!due) return;
      done[id] = await step.run(id, work).catch((error) => failed.push(`${id}: ${messageOf(error)}`));
    };
    await duty("sweep-outbox", found.unsent > 0, () => sweepOutbox());
    await duty("restart-stuck-orders", found.stuckOrders.length > 0, () => restartOrders(found.stuckOrders));
    await duty("end-overdue-orders", found.overdueOrders.length > 0, () => endOverdueOrders(found.overdueOrders));
    await duty("release-expired-reservations", found.expiredReservations.length > 0, () =>
      releaseExpired(found.expiredReservations),
    );
    await duty("close-payments-of-ended-orders", found.openIntents.length > 0, () =>
      each(found.openIntents, cancelOpenPaymentIntents),
    );
    await duty("send-pending-refunds", found.pendingRefunds.length > 0, () =>
      each(found.pendingRefunds, executeRefund),
    );
    await duty("send-queued-emails", found.queuedEmails.length > 0, () => each(found.queuedEmails, deliverEmail));
    await duty("give-up-emails", found.hopelessEmails, giveUpEmails);
    await duty("apply-webhooks", found.unprocessedIntents.length > 0, () => applyUnheard(found.unprocessedIntents));
    await duty("check-stripe", isStripeDue(found.at), () => checkStripe());
    await duty("tell-customers", isTellingDue(found.at), tellCustomers);
    await duty("remind-of-held-orders", found.expiringHolds.length > 0, () =>
      each(found.expiringHolds, remindManagers),
    );
    await duty("send-alerts", found.newAlerts.length > 0, () => sendAlerts(found.newAlerts));
    if (failed.length > 0) throw new NonRetriableError(failed.join("; "));
    return done;
  },
);
