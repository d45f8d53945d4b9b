import { expense, pageOf } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { expenseQuerySchema } from "@/lib/expenses/request";
import { listExpenses } from "@/lib/expenses/view-expense";

export const GET = endpoint({
  summary: "Lists the expenses of all users, newest first",
  role: "manager",
  query: expenseQuerySchema,
  responses: { 200: { description: "A page", schema: pageOf(expense) } },
  handler: ({ query }) => listExpenses(query),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
