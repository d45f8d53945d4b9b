import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { customerQuerySchema, customerViewSchema, findCustomers } from "@/lib/search/find-customers";
import { pageSchema } from "@/lib/view-schemas";

export const GET = endpoint({
  summary: "Searches users by name or email address, with tolerance for typos",
  role: "manager",
  scope: "customers:read",
  query: customerQuerySchema,
  responses: { 200: { schema: pageSchema(customerViewSchema) } },
  handler: ({ query }) => findCustomers(query),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
