import { broadcastEmail } from "../broadcasts/broadcast-email";
import { broadcastSchema, createBroadcast } from "../broadcasts/broadcasts";
import { queueEmail } from "../email/send-email";
import { emailSchema } from "../email-address";
import { parseData } from "./parse-data";
import type { StorefrontEvent } from "./references";

/** Whoever sends an event is no user. */
export const STOREFRONT = "storefront";

/** Creates a broadcast, one for each event. */
export async function adoptBroadcast({ id, data }: StorefrontEvent<"notification/broadcast">) {
  const { title, message, segment } = data;
  const request = parseData(broadcastSchema, { title, message, segment }, "broadcast");
  const { id: broadcastId, recipients } = await createBroadcast(request, STOREFRONT, id);
  return { broadcastId, recipients };
}

/** Queues one email, which the recipient can have unsubscribed from like product news. */
export async function adoptNotification({ id, data }: StorefrontEvent<"notification/send-individual">) {
  const { title, message } = data;
  const to = parseData(emailSchema, data.email, "email");
  const emailId = await queueEmail({ kind: "notification", entityId: id, to }, ({ unsubscribe }) =>
    broadcastEmail({ title, message, unsubscribe }),
  );
  return { emailId };
}
