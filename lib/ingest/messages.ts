import { broadcastEmail } from "../broadcasts/broadcast-email";
import { broadcastSchema, createBroadcast } from "../broadcasts/broadcasts";
import { fillFields } from "../broadcasts/fields";
import { queueEmail } from "../email/send-email";
import { emailSchema } from "../email-address";
import { parseData } from "./parse-data";
import { findUser, type StorefrontEvent } from "./references";

/** Whoever sends an event is no user. */
export const STOREFRONT = "storefront";

/** Creates a broadcast, one for each event. */
export async function adoptBroadcast({ id, data }: StorefrontEvent<"notification/broadcast">) {
  const { title, message, segment } = data;
  const request = parseData(broadcastSchema, { title, message, segment }, "broadcast");
  const { id: broadcastId, recipients } = await createBroadcast(request, STOREFRONT, id);
  return { broadcastId, recipients };
}

/**
 * Queues one email, which the recipient can have unsubscribed from like product news. Its title and message may have the fields of a
 * broadcast, `{name}`.
 */
export async function adoptNotification({ id, data }: StorefrontEvent<"notification/send-individual">) {
  const user = data.userId ? await findUser(data.userId) : null;
  const name = data.name ?? user?.name ?? null;
  const fill = (text: string) => fillFields(text, name, "text");
  const to = parseData(emailSchema, data.email, "email");
  const emailId = await queueEmail({ kind: "notification", entityId: id, to }, ({ unsubscribe }) =>
    broadcastEmail({ title: fill(data.title), message: fill(data.message), unsubscribe }),
  );
  return { emailId };
}
