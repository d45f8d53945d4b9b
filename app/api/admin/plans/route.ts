import { endpoint, methodNotAllowed } from "@/app/endpoint";
import {
  createPlan,
  listManagedPlans,
  managedPlanSchema,
  newPlanSchema,
  planQuerySchema,
} from "@/lib/billing/manage-plans";
import { pageSchema } from "@/lib/view-schemas";

export const GET = endpoint({
  summary: "Lists all plans, newest first, including inactive ones",
  role: "manager",
  scope: "catalogue:read",
  query: planQuerySchema,
  responses: { 200: { description: "A page of plans", schema: pageSchema(managedPlanSchema) } },
  handler: ({ query }) => listManagedPlans(query),
});

export const POST = endpoint({
  summary: "Creates a plan that users can subscribe to",
  role: "manager",
  scope: "catalogue:write",
  body: newPlanSchema,
  responses: { 201: { description: "The plan", schema: managedPlanSchema } },
  problems: [409],
  handler: ({ user, body }) => createPlan(body, user.id),
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });
