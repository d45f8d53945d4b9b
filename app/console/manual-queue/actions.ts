"use server";

import { revalidatePath } from "next/cache";
import { act, checked, text } from "@/app/console/with-operator";
import type { FormState } from "@/app/ui/action-form";
import { resolutionSchema, resolveTask } from "@/lib/console/resolve-manual-task";

export async function resolve(_before: FormState, form: FormData): Promise<FormState> {
  return act(async ({ id: by }) => {
    const resolution = checked(resolutionSchema, { action: form.get("action"), note: text(form, "note") });
    await resolveTask(text(form, "id") ?? "", resolution, by);
    revalidatePath("/console/manual-queue");
    return { good: true, message: resolution.action === "resume" ? "Resumed." : "Dismissed." };
  });
}
