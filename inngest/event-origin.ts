import { eventType } from "@/inngest/client";
import type { StorefrontEventName } from "@/lib/storefront-events";

/**
 * The events that a storefront sends under the names of our own. Only `ours` trigger the workflows; `theirs` are taken in first
 * (`ingest.ts`), which publishes ours. Each condition says which fields only one of the two has, and one of them holds for each event.
 */
export const ORIGINS: Record<StorefrontEventName, { ours: string; theirs: string }> = {
  "order/created": {
    ours: "event.data.attempt != null && event.data.items == null",
    theirs: "event.data.attempt == null || event.data.items != null",
  },
  "order/cancelled": { ours: "event.data.stored == true", theirs: "event.data.stored == null" },
  "order/shipped": { ours: "event.data.shipmentId != null", theirs: "event.data.shipmentId == null" },
  "payment/completed": {
    ours: "event.data.outcome != null && event.data.provider == null",
    theirs: "event.data.outcome == null || event.data.provider != null",
  },
  "payment/failed": { ours: "event.data.attempt != null", theirs: "event.data.attempt == null" },
  "payment/process": {
    ours: "event.data.purpose != null && event.data.orderId == null",
    theirs: "event.data.purpose == null || event.data.orderId != null",
  },
  "user/registered": { ours: "event.data.stored == true", theirs: "event.data.stored == null" },
  "user/profile-updated": { ours: "event.data.stored == true", theirs: "event.data.stored == null" },
  "expense/submitted": { ours: "event.data.stored == true", theirs: "event.data.stored == null" },
  "expense/approved": { ours: "event.data.decidedBy != null", theirs: "event.data.decidedBy == null" },
  // Ours has `decidedBy: null` if nobody has decided in time.
  "expense/rejected": { ours: "event.data.managerId == null", theirs: "event.data.managerId != null" },
  "notification/broadcast": { ours: "event.data.broadcastId != null", theirs: "event.data.broadcastId == null" },
  "notification/send-individual": { ours: "event.data.broadcastId != null", theirs: "event.data.broadcastId == null" },
  "data/import": { ours: "event.data.importId != null", theirs: "event.data.importId == null" },
  "data/process": { ours: "event.data.jobId != null", theirs: "event.data.jobId == null" },
  "api/call": { ours: "event.data.deliveryId != null", theirs: "event.data.deliveryId == null" },
};

/** Returns the trigger of a workflow by an event of our own. */
export const ownEvent = <N extends StorefrontEventName>(name: N) => ({
  event: eventType(name),
  if: ORIGINS[name].ours,
});

/** Returns the trigger by an event of a storefront. Its data is checked after the decryption of the field `encrypted`. */
export const storefrontEvent = (name: StorefrontEventName) => ({ event: name as string, if: ORIGINS[name].theirs });
