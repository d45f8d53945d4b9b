import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { inspectCustomer, inspectedCustomerSchema } from "@/lib/account/inspect-customer";

export const GET = endpoint({
  summary: "Returns a user with spend, addresses and consent",
  role: "manager",
  scope: "customers:read",
  params: idParams,
  responses: { 200: { description: "The user", schema: inspectedCustomerSchema } },
  problems: [404],
  handler: ({ params }) => inspectCustomer(params.id),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
