"use server";

import { revalidatePath } from "next/cache";
import { act, checked, text } from "@/app/console/with-operator";
import type { FormState } from "@/app/ui/action-form";
import { payoutAccountSchema, setPayoutAccount } from "@/lib/payouts/payout-account";

export async function setAccount(_before: FormState, form: FormData): Promise<FormState> {
  return act(async ({ id: admin }) => {
    const userId = text(form, "id") ?? "";
    const { account } = await setPayoutAccount(
      userId,
      checked(payoutAccountSchema, { account: text(form, "account") ?? null }),
      admin,
    );
    revalidatePath(`/console/customers/${userId}`);
    return {
      good: true,
      message: account ? `Expenses are now paid to ${account}.` : "Expenses are now paid to the shop's expense account.",
    };
  }, "admin");
}
