import { z } from "zod";
import { count, idParams, pageOf } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { jobListSchema, listCustomerValues } from "@/lib/jobs/jobs";

const customerValue = z.strictObject({
  email: z.string(),
  currency: z.string(),
  orders: count,
  lifetimeValue: z.number().describe("In minor units, less refunds."),
  firstMonth: z.string(),
  lastMonth: z.string(),
});

export const GET = endpoint({
  summary: "Lists the value of each customer, as a job has computed it",
  role: "manager",
  params: idParams,
  query: jobListSchema,
  responses: { 200: { schema: pageOf(customerValue) } },
  handler: ({ params, query }) => listCustomerValues(params.id, query),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
