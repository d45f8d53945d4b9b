import { z } from "zod";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { listPlans, planViewSchema } from "@/lib/billing/view-subscription";

export const GET = endpoint({
  summary: "Lists the plans that a user can subscribe to",
  scope: "catalogue:read",
  responses: {
    200: { description: "The plans", schema: z.strictObject({ items: z.array(planViewSchema), nextCursor: z.null() }) },
  },
  handler: listPlans,
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
