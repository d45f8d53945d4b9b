import { accountChangeSchema, changeAccount } from "../account/account";
import { completeRegistration } from "../auth/registration";
import { now } from "../clock";
import { db } from "../db";
import { emailSchema } from "../email-address";
import { newId } from "../ids";
import { batchSendEvents, profileEvent } from "../inngest";
import { parseData } from "./parse-data";
import { findUser, incomplete, type StorefrontEvent, unknown } from "./references";

/**
 * Makes the user of another system a customer, once. Their address counts as verified, because that system has registered them. A
 * known address keeps its account, which gets the external id.
 */
export async function adoptUser({ data }: StorefrontEvent<"user/registered">) {
  const { userId: externalId, name, registeredAt } = data;
  const known = await findUser(externalId);
  if (known) {
    await completeRegistration(known.id);
    return { userId: known.id, outcome: "known" };
  }
  if (data.email === undefined || name === undefined) throw incomplete("user", externalId, { email: data.email, name });
  const email = parseData(emailSchema, data.email, "email");
  const at = now();
  await db().$executeRaw`
    INSERT INTO users AS u (id, external_id, email, name, email_verified, created_at, updated_at)
    VALUES (${newId("usr")}, ${externalId}, ${email}, ${name}, true, ${registeredAt ? new Date(registeredAt) : at}, ${at})
    ON CONFLICT (email) DO UPDATE SET external_id = coalesce(u.external_id, excluded.external_id), updated_at = ${at}`;
  const user = await findUser(externalId);
  if (!user) return { reason: "Another user of that system has this address." };
  await completeRegistration(user.id);
  return { userId: user.id, outcome: "registered" };
}

/** Changes the given fields of a profile. The search index follows five minutes later, also if no field is given. */
export async function adoptProfile({ id: eventId, data }: StorefrontEvent<"user/profile-updated">) {
  const user = await findUser(data.userId);
  if (!user) throw unknown("user", data.userId);
  if (!data.profile) {
    await batchSendEvents([profileEvent(user.id, `event:${eventId}`)]);
    return { userId: user.id, changed: [] };
  }
  const { name, phone, address } = data.profile;
  const change = parseData(accountChangeSchema, { name, phone, address }, "profile");
  await changeAccount(user, change);
  return { userId: user.id, changed: Object.keys(change) };
}
