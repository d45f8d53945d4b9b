"use server";

import { revalidatePath } from "next/cache";
import { act, checked, text } from "@/app/console/with-operator";
import type { FormState } from "@/app/ui/action-form";
import { endExperiment, endExperimentSchema } from "@/lib/experiments/end-experiment";

export async function end(_before: FormState, form: FormData): Promise<FormState> {
  return act(async ({ id: decidedBy }) => {
    const { winner } = checked(endExperimentSchema, { winner: form.get("winner") });
    await endExperiment(text(form, "id") ?? "", winner, decidedBy);
    revalidatePath("/console/experiments");
    return { good: true, message: `Ended. All recipients now get “${winner}”.` };
  });
}
