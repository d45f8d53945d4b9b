import { z } from "zod";
import { money } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { listPlans, type PlanView } from "@/lib/billing/view-subscription";
import { PlanInterval } from "@/prisma/generated/enums";

const plan = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  price: money.describe("The price of one interval, charged in advance."),
  interval: z.enum(PlanInterval),
}) satisfies z.ZodType<PlanView>;

export const GET = endpoint({
  summary: "Lists the plans that a user can subscribe to",
  responses: {
    200: { description: "The plans", schema: z.strictObject({ items: z.array(plan), nextCursor: z.null() }) },
  },
  handler: listPlans,
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
