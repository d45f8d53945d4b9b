"use server";

import { revalidatePath } from "next/cache";
import { act, checked, text } from "@/app/console/with-operator";
import type { FormState } from "@/app/ui/action-form";
import { decideExpense } from "@/lib/expenses/decide-expense";
import { decisionFormSchema } from "@/lib/expenses/request";

export async function decide(_before: FormState, form: FormData): Promise<FormState> {
  return act(async ({ id }) => {
    const { decision, note } = checked(decisionFormSchema, {
      decision: form.get("decision"),
      note: text(form, "note"),
    });
    const approve = decision === "approve";
    await decideExpense({ expenseId: text(form, "id") ?? "", approve, note, managerId: id, via: "api" });
    revalidatePath("/console/approvals");
    return { good: true, message: approve ? "Approved." : "Rejected." };
  });
}
