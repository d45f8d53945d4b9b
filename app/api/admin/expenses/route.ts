import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { expenseQuerySchema } from "@/lib/expenses/request";
import { expenseViewSchema, listExpenses } from "@/lib/expenses/view-expense";
import { pageSchema } from "@/lib/view-schemas";

export const GET = endpoint({
  summary: "Lists the expenses of all users, newest first",
  role: "manager",
  scope: "expenses:read",
  query: expenseQuerySchema,
  responses: { 200: { description: "A page", schema: pageSchema(expenseViewSchema) } },
  handler: ({ query }) => listExpenses(query),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
