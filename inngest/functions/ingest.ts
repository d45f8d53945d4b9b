import { inngest, RETRIES_FOR_TWO_HOURS } from "@/inngest/client";
import { storefrontEvent } from "@/inngest/event-origin";
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
 * workflows. Wrong data fails the run at once, and alerts the operators.
 */
function ingest<N extends StorefrontEventName>(name: N, adopt: (event: StorefrontEvent<N>) => Promise<object>) {
  return inngest.createFunction(
    {
      id: `ingest-${name.replace("/", "-")}`,
      name: `Take in ${name}`,
      description: `Stores what a storefront reports with ${name}, once, and triggers the work on it.`,
      triggers: [storefrontEvent(name)],
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
  ingest("order/created", adoptOrder),
  ingest("order/cancelled", adoptCancellation),
  ingest("order/shipped", adoptShipment),
  ingest("payment/completed", adoptPayment),
  ingest("payment/failed", adoptPaymentFailure),
  ingest("payment/process", adoptPaymentRequest),
  ingest("user/registered", adoptUser),
  ingest("user/profile-updated", adoptProfile),
  ingest("expense/submitted", adoptExpense),
  ingest("expense/approved", (event) => adoptDecision(event, true)),
  ingest("expense/rejected", (event) => adoptDecision(event, false)),
  ingest("notification/broadcast", adoptBroadcast),
  ingest("notification/send-individual", adoptNotification),
  ingest("data/import", adoptImport),
  ingest("data/process", adoptJob),
  ingest("api/call", adoptApiCall),
];
