"use server";

import { revalidatePath } from "next/cache";
import { fieldErrors } from "@/app/field-errors";
import { requireViewer } from "@/app/session";
import type { FormState } from "@/app/ui/action-form";
import { changeAccount } from "@/lib/account/change-account";
import { accountChangeSchema } from "@/lib/account/request";
import { OPTIONAL_CATEGORIES } from "@/lib/email/consent";
import { expenseSchema } from "@/lib/expenses/request";
import { submitExpense } from "@/lib/expenses/submit-expense";
import { minorUnits } from "@/lib/money";

const ADDRESS = ["line1", "line2", "city", "postalCode", "country"];

const filled = (form: FormData, name: string) => String(form.get(name) ?? "").trim() || undefined;

/** Saves the profile; a field that was emptied is taken away. */
export async function saveProfile(_before: FormState, form: FormData): Promise<FormState> {
  const address = Object.fromEntries(
    ADDRESS.flatMap((name) => (filled(form, name) ? [[name, filled(form, name)]] : [])),
  );
  const hasAddress = Object.keys(address).some((name) => name !== "country");
  return change(
    { name: filled(form, "name"), phone: filled(form, "phone") ?? null, address: hasAddress ? address : null },
    "Saved.",
  );
}

/** Saves which emails are wanted: a box that is not ticked is not sent along. */
export async function savePreferences(_before: FormState, form: FormData): Promise<FormState> {
  const preferences = Object.fromEntries(
    Object.keys(OPTIONAL_CATEGORIES).map((category) => [category, form.has(category)]),
  );
  return change({ preferences }, "Preferences saved.");
}

async function change(input: unknown, done: string): Promise<FormState> {
  const user = await requireViewer();
  const parsed = accountChangeSchema.safeParse(input);
  if (!parsed.success) return { message: "Please check the marked fields.", errors: fieldErrors(parsed.error) };
  await changeAccount(user, parsed.data);
  revalidatePath("/account");
  return { good: true, message: done };
}

/** Hands an expense in; the amount is typed as people write it, `12.50`. */
export async function submitExpenseForm(_before: FormState, form: FormData): Promise<FormState> {
  const user = await requireViewer();
  const currency = filled(form, "currency") ?? "";
  const request = {
    amount: minorUnits(filled(form, "amount") ?? "", currency),
    currency,
    description: filled(form, "description") ?? "",
  };
  const parsed = expenseSchema.safeParse(request);
  if (!parsed.success) return { message: "Please check the marked fields.", errors: fieldErrors(parsed.error) };
  await submitExpense(user.id, parsed.data);
  revalidatePath("/account");
  return { good: true, message: "Submitted. We will email you the decision." };
}
