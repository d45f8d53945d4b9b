import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { changePlan, managedPlanSchema, planChangeSchema } from "@/lib/billing/manage-plans";

export const PATCH = endpoint({
  summary: "Changes the given fields of a plan; the price and the interval stay, and its subscriptions go on",
  role: "manager",
  scope: "catalogue:write",
  params: idParams,
  body: planChangeSchema,
  responses: { 200: { description: "The plan", schema: managedPlanSchema } },
  handler: ({ user, params, body }) => changePlan(params.id, body, user.id),
});
export const { GET, POST, PUT, DELETE, OPTIONS } = methodNotAllowed({ PATCH });
