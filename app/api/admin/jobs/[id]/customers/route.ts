import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { customerValueSchema, jobListSchema, listCustomerValues } from "@/lib/jobs/jobs";
import { pageSchema } from "@/lib/view-schemas";

export const GET = endpoint({
  summary: "Lists the value of each customer, as a job has computed it",
  role: "manager",
  scope: "customers:read",
  params: idParams,
  query: jobListSchema,
  responses: { 200: { schema: pageSchema(customerValueSchema) } },
  handler: ({ params, query }) => listCustomerValues(params.id, query),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
