"use server";

import { amountOf, checked, idOf, saved, shownOf, text, withOperator } from "@/app/form-action";
import { changePlan, createPlan, newPlanSchema, planChangeSchema } from "@/lib/billing/manage-plans";

const textsOf = (form: FormData) => ({ name: form.get("name"), description: text(form, "description") ?? "" });

export const create = withOperator(async (form, { id: managerId }) => {
  // The same form sent again creates no second plan.
  const id = text(form, "id") ?? `plan_${text(form, "key")?.replaceAll("-", "")}`;
  const request = { id, ...textsOf(form), price: amountOf(form, "price.amount"), interval: form.get("interval") };
  const { name } = await createPlan(checked(newPlanSchema, request), managerId);
  return saved("/console/plans", `Plan ${name} created.`);
});

export const change = withOperator(async (form, { id: managerId }) => {
  const typed = checked(planChangeSchema, textsOf(form));
  const shown = shownOf(form, planChangeSchema) ?? {};
  // A field that was not edited may have changed since the page was opened.
  const edited = {
    name: typed.name === shown.name ? undefined : typed.name,
    description: typed.description === shown.description ? undefined : typed.description,
  };
  const { name } = await changePlan(idOf(form), edited, managerId);
  return saved("/console/plans", `${name} saved.`);
});

export const setActive = withOperator(async (form, { id: managerId }) => {
  const active = form.get("active") === "true";
  const { name } = await changePlan(idOf(form), { active }, managerId);
  return saved("/console/plans", active ? `Customers can subscribe to ${name} again.` : `${name} is deactivated.`);
});
