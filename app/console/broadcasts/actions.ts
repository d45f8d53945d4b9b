"use server";

import { redirect } from "next/navigation";
import { act, checked, number, text } from "@/app/console/with-operator";
import type { FormState } from "@/app/ui/action-form";
import { broadcastSchema, createBroadcast, previewBroadcast, previewSchema } from "@/lib/broadcasts/create-broadcast";
import { stopBroadcast } from "@/lib/broadcasts/stop-broadcast";

/** The segment as the API has it: only the fields that belong to its kind. */
function segment(form: FormData): Record<string, unknown> {
  const type = text(form, "segment") ?? "all";
  const [days, minOrders] = [number(form, "days"), number(form, "minOrders")];
  if (type === "buyers") return { type, ...(days && { days }), ...(minOrders && { minOrders }) };
  if (type === "active" || type === "inactive") return { type, days: days ?? 30 };
  return type === "all" ? { type } : { type: "role", role: type };
}

export interface ComposeState extends FormState {
  /** How many it would go to, as far as that is known. */
  recipients?: number;
  /** Everything is in order, and only the answer to the question is missing. */
  asks?: boolean;
  /** What was typed, for a page without JavaScript. */
  values?: Record<string, string>;
}

/** Counts whom it would reach, asks whether to send it, or sends it: the button says which. */
export async function compose(_before: ComposeState, form: FormData): Promise<ComposeState> {
  const values = Object.fromEntries([...form].map(([name, value]) => [name, String(value)]));
  const state = await act(async ({ id }): Promise<ComposeState> => {
    const intent = form.get("intent");
    const { recipients } = await previewBroadcast(checked(previewSchema, { segment: segment(form) }));
    if (intent === "preview") return { recipients };
    const draft = { title: form.get("title"), message: form.get("message"), segment: segment(form) };
    const request = checked(broadcastSchema, draft);
    if (intent !== "send") return { recipients, asks: true };
    const created = await createBroadcast(request, id, text(form, "key"));
    redirect(`/console/broadcasts/${created.id}`);
  });
  return { ...state, values };
}

export async function stop(_before: FormState, form: FormData): Promise<FormState> {
  return act(async () => {
    await stopBroadcast(text(form, "id") ?? "");
    return { good: true, message: "Stopped. Pending emails will not be sent." };
  });
}
