"use server";

import { redirect } from "next/navigation";
import { checked, idOf, number, text, withOperator } from "@/app/form-action";
import type { FormState } from "@/app/ui/action-form";
import {
  broadcastSchema,
  createBroadcast,
  previewBroadcast,
  previewSchema,
  stopBroadcast,
} from "@/lib/broadcasts/broadcasts";

/** Returns the segment in the form of the API: only the fields that belong to its type. */
function segmentOf(form: FormData): Record<string, unknown> {
  const type = text(form, "segment") ?? "all";
  const [days, minOrders] = [number(form, "days"), number(form, "minOrders")];
  if (type === "buyers") return { type, ...(days && { days }), ...(minOrders && { minOrders }) };
  if (type === "active" || type === "inactive") return { type, days: days ?? 30 };
  return type === "all" ? { type } : { type: "role", role: type };
}

export interface ComposeState extends FormState {
  /** The number of recipients, if it is known. */
  recipients?: number;
  /** True if the input is valid and the form asks for a confirmation. */
  confirming?: boolean;
}

/** Counts the recipients, asks for a confirmation, or sends. The `intent` of the clicked button decides. */
export const compose = withOperator<ComposeState>(async (form, { id }) => {
  const intent = form.get("intent");
  const segment = segmentOf(form);
  const { recipients } = await previewBroadcast(checked(previewSchema, { segment }));
  if (intent === "preview") return { recipients };
  const request = checked(broadcastSchema, { title: form.get("title"), message: form.get("message"), segment });
  if (intent !== "send") return { recipients, confirming: true };
  const created = await createBroadcast(request, id, text(form, "key"));
  redirect(`/console/broadcasts/${created.id}`);
});

export const stop = withOperator(async (form) => {
  await stopBroadcast(idOf(form));
  return { good: true, message: "Stopped. Pending emails will not be sent." };
});
