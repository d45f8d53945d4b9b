"use server";

import { revalidatePath } from "next/cache";
import { act } from "@/app/console/with-operator";
import type { FormState } from "@/app/ui/action-form";
import { checkInvariantsNow } from "@/lib/console/invariants";

/** Checks the invariants for an operator who does not wait for the schedule. */
export async function checkNow(): Promise<FormState> {
  return act(async () => {
    await checkInvariantsNow();
    revalidatePath("/console");
    return { good: true, message: "Checked." };
  });
}
