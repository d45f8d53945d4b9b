"use server";

import { redirect } from "next/navigation";
import { act, checked, number, text } from "@/app/console/act";
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

/** Counts whom it would reach, or sends it: the button says which. */
export async function compose(_before: FormState, form: FormData): Promise<FormState> {
  return act(async ({ id }) => {
    if (form.get("intent") !== "send") {
      const { recipients } = await previewBroadcast(checked(previewSchema, { segment: segment(form) }));
      return {
        good: true,
        message: `It would go to ${recipients} ${recipients === 1 ? "person" : "people"}, less who has unsubscribed.`,
      };
    }
    const request = checked(broadcastSchema, {
      title: form.get("title"),
      message: form.get("message"),
      segment: segment(form),
    });
    const created = await createBroadcast(request, id);
    redirect(`/console/broadcasts/${created.id}`);
  });
}

export async function stop(_before: FormState, form: FormData): Promise<FormState> {
  return act(async () => {
    await stopBroadcast(text(form, "id") ?? "");
    return { good: true, message: "Stopped. What had not gone out yet stays here." };
  });
}
