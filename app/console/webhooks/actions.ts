"use server";

import { revalidatePath } from "next/cache";
import { checked, idOf, saved, savedWithSecret, text, withOperator } from "@/app/form-action";
import { redeliver } from "@/lib/webhooks-out/deliveries";
import {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  newEndpointSchema,
  rotateSecret,
} from "@/lib/webhooks-out/endpoints";
import { SUBSCRIBED_TYPES } from "@/lib/webhooks-out/events";

const PAGE = "/console/webhooks";

export const add = withOperator(async (form, { id: userId }) => {
  const events = SUBSCRIBED_TYPES.filter((type) => form.has(type));
  const request = checked(newEndpointSchema, { url: form.get("url"), events });
  const { secret } = await createEndpoint(userId, request);
  return savedWithSecret(PAGE, "Signing secret, shown only once", secret);
});

export const toggle = withOperator(async (form, { id: userId }) => {
  const enabled = form.get("enabled") === "true";
  await changeEndpoint(userId, idOf(form), { enabled });
  return saved(PAGE, enabled ? "Enabled." : "Disabled.");
});

export const rotate = withOperator(async (form, { id: userId }) => {
  const { secret } = await rotateSecret(userId, idOf(form), { graceHours: 24 });
  return savedWithSecret(PAGE, "New signing secret, shown only once. The old secret stays valid for 24 hours.", secret);
});

export const remove = withOperator(async (form, { id: userId }) => {
  await deleteEndpoint(userId, idOf(form));
  return saved(PAGE, "Deleted.");
});

export const resend = withOperator(async (form, { id: userId }) => {
  const endpointId = text(form, "endpointId") ?? "";
  await redeliver(userId, endpointId, idOf(form));
  revalidatePath(`${PAGE}/${endpointId}`, "layout");
  return { good: true, message: "Delivery queued again." };
});
