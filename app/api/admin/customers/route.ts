import { z } from "zod";
import { count, pageOf, time } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { customerQuerySchema, findCustomers } from "@/lib/search/find-customers";

const customer = z.strictObject({
  ...{ id: z.string(), email: z.string(), name: z.string(), role: z.string() },
  ...{ orders: count, createdAt: time },
});

export const GET = endpoint({
  summary: "Searches users by name or email address, with tolerance for typos",
  role: "manager",
  query: customerQuerySchema,
  responses: { 200: { schema: pageOf(customer) } },
  handler: ({ query }) => findCustomers(query),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
