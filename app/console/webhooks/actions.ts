"use server";

import { revalidatePath } from "next/cache";
import { act, checked, text } from "@/app/console/with-operator";
import type { FormState } from "@/app/ui/action-form";
import { redeliver } from "@/lib/webhooks-out/deliveries";
import { changeEndpoint, createEndpoint, deleteEndpoint, newEndpointSchema } from "@/lib/webhooks-out/endpoints";
import { rotateSecret } from "@/lib/webhooks-out/rotate-secret";

export async function add(_before: FormState, form: FormData): Promise<FormState> {
  return act(async ({ id: userId }) => {
    const request = checked(newEndpointSchema, { url: form.get("url"), events: form.getAll("events") });
    const { secret } = await createEndpoint(userId, request);
    revalidatePath("/console/webhooks");
    return { good: true, message: `Signing secret, shown only once: ${secret}` };
  });
}

export async function toggle(_before: FormState, form: FormData): Promise<FormState> {
  return act(async ({ id: userId }) => {
    const enabled = form.get("enabled") === "true";
    await changeEndpoint(userId, text(form, "id") ?? "", { enabled });
    revalidatePath("/console/webhooks");
    return { good: true, message: enabled ? "Enabled." : "Disabled." };
  });
}

export async function rotate(_before: FormState, form: FormData): Promise<FormState> {
  return act(async ({ id: userId }) => {
    const { secret } = await rotateSecret(userId, text(form, "id") ?? "", { graceHours: 24 });
    revalidatePath("/console/webhooks");
    return { good: true, message: `New signing secret, shown only once. The old secret stays valid for 24 hours: ${secret}` };
  });
}

export async function remove(_before: FormState, form: FormData): Promise<FormState> {
  return act(async ({ id: userId }) => {
    await deleteEndpoint(userId, text(form, "id") ?? "");
    revalidatePath("/console/webhooks");
    return { good: true, message: "Deleted." };
  });
}

export async function again(_before: FormState, form: FormData): Promise<FormState> {
  return act(async ({ id: userId }) => {
    const endpointId = text(form, "endpointId") ?? "";
    await redeliver(userId, endpointId, text(form, "id") ?? "");
    revalidatePath(`/console/webhooks/${endpointId}`, "layout");
    return { good: true, message: "Delivery queued again." };
  });
}
