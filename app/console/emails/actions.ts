"use server";

import { idOf, saved, text, withOperator } from "@/app/form-action";
import { resendEmail } from "@/lib/email/view-email";

export const resend = withOperator(async (form) => {
  const { to } = await resendEmail(idOf(form), text(form, "key") ?? "");
  return saved(`/console/emails/${idOf(form)}`, `The email is on its way to ${to} again.`);
});
