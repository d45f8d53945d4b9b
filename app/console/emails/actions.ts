"use server";

import { idOf, saved, text, withOperator } from "@/app/form-action";
import { removeBounceSuppression } from "@/lib/email/remove-suppression";
import { resendEmail } from "@/lib/email/view-email";

export const resend = withOperator(async (form) => {
  const { to } = await resendEmail(idOf(form), text(form, "key") ?? "");
  return saved(`/console/emails/${idOf(form)}`, `The email is on its way to ${to} again.`);
});

export const allowEmail = withOperator(async (form, { id: managerId }) => {
  const { suppressed } = await removeBounceSuppression({ emailId: idOf(form) }, managerId);
  const message = suppressed.length > 0 ? "The bounce is removed." : "The address gets email again.";
  return saved(`/console/emails/${idOf(form)}`, message);
});
