import { inngest, RETRIES_FOR_TWO_HOURS } from "@/inngest/client";
import { adoptDecision, adoptExpense } from "@/lib/ingest/expenses";
import { adoptBroadcast, adoptNotification } from "@/lib/ingest/messages";
import { adoptCancellation, adoptOrder, adoptShipment } from "@/lib/ingest/orders";
import { parseEvent } from "@/lib/ingest/parse-data";
import { adoptPayment, adoptPaymentFailure, adoptPaymentRequest } from "@/lib/ingest/payments";
import type { StorefrontEvent } from "@/lib/ingest/references";
import { alertRefusedEvent } from "@/lib/ingest/refused-event";
import { adoptProfile, adoptUser } from "@/lib/ingest/users";
import { adoptApiCall, adoptImport, adoptJob } from "@/lib/ingest/work";
import type { StorefrontEventName } from "@/lib/storefront-events";

/**
 * Returns the function that takes in an event of a storefront: `adopt` stores it and publishes the events of our own, which start the
 * workflows. `foreign` is the condition that an event of this name is not one of those. Wrong data fails the run at once, and alerts the
 * operators.
 */
function ingest<N extends StorefrontEventName>(
  name: N,
  foreign: string,
  adopt: (event: StorefrontEvent<N>) => Promise<object>,
) {
  return inngest.createFunction(
    {
      id: `ingest-${name.replace("/", "-")}`,
      name: `Take in ${name}`,
      description: `Stores what a storefront reports with ${name}, once, and triggers the work on it.`,
      // Its data is checked after the decryption of the field `encrypted`.
      triggers: [{ event: name as string, if: foreign }],
      retries: RETRIES_FOR_TWO_HOURS,
      onFailure: async ({ event, error, step }) => {
        const { id } = event.data.event;
        await step.run("alert-operators", () => alertRefusedEvent(name, id ?? "", error.message));
      },
    },
    async ({ event, step }) =>
      step.run("adopt", () => adopt({ id: event.id ?? "", data: parseEvent(name, event.data) })),
  );
}

export const ingestFunctions = [
  ingest("order/created", "event.data.attempt == null || event.data.items != null", adoptOrder),
  ingest("order/cancelled", "event.data.stored == null", adoptCancellation),
  ingest("order/shipped", "event.data.shipmentId == null", adoptShipment),
  ingest("payment/completed", "event.data.outcome == null || event.data.provider != null", adoptPayment),
  ingest("payment/failed", "event.data.attempt == null", adoptPaymentFailure),
  ingest("payment/process", "event.data.purpose == null || event.data.orderId != null", adoptPaymentRequest),
  ingest("user/registered", "event.data.stored == null", adoptUser),
  ingest("user/profile-updated", "event.data.stored == null", adoptProfile),
  ingest("expense/submitted", "event.data.stored == null", adoptExpense),
  ingest("expense/approved", "event.data.decidedBy == null", (event) => adoptDecision(event, true)),
  // Our own has `decidedBy: null` if nobody has decided in time.
  ingest("expense/rejected", "event.data.managerId != null", (event) => adoptDecision(event, false)),
  ingest("notification/broadcast", "event.data.broadcastId == null", adoptBroadcast),
  ingest("notification/send-individual", "event.data.broadcastId == null", adoptNotification),
  ingest("data/import", "event.data.importId == null", adoptImport),
  ingest("data/process", "event.data.jobId == null", adoptJob),
  ingest("api/call", "event.data.deliveryId == null", adoptApiCall),
];
