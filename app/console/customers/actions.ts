"use server";

import { checked, idOf, saved, withOperator } from "@/app/form-action";
import { changeRole, roleChangeSchema } from "@/lib/auth/change-role";
import { cancelSubscription } from "@/lib/billing/subscription";
import { removeBounceSuppression } from "@/lib/email/remove-suppression";
import { addNote, noteSchema } from "@/lib/notes";

export const saveRole = withOperator(async (form, { id: adminId }) => {
  const { role } = await changeRole(idOf(form), checked(roleChangeSchema, { role: form.get("role") }), adminId);
  return saved(`/console/customers/${idOf(form)}`, `The role is now ${role}.`);
}, "admin");

export const note = withOperator(async (form, author) => {
  await addNote({ userId: idOf(form) }, checked(noteSchema, { text: form.get("text") }), author);
  return saved(`/console/customers/${idOf(form)}`, "Note added.");
});

export const allowEmail = withOperator(async (form, { id: managerId }) => {
  const { suppressed } = await removeBounceSuppression({ userId: idOf(form) }, managerId);
  const message = suppressed.length > 0 ? "The bounce is removed." : "The address gets email again.";
  return saved(`/console/customers/${idOf(form)}`, message);
});

export const endSubscription = withOperator(async (form, { id: managerId }) => {
  await cancelSubscription(idOf(form), managerId);
  return saved(`/console/customers/${idOf(form)}`, "The subscription is cancelled.");
});
