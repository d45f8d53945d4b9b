import { createdOnce, endpoint, idempotencyHeaders, methodNotAllowed, repliedOnce } from "@/app/endpoint";
import { submitExpense } from "@/lib/expenses/change-expense";
import { expenseQuerySchema, expenseSchema } from "@/lib/expenses/request";
import { expenseViewSchema, listExpenses } from "@/lib/expenses/view-expense";
import { pageSchema } from "@/lib/view-schemas";

export const GET = endpoint({
  summary: "Lists the user's own expenses, newest first",
  role: "customer",
  query: expenseQuerySchema,
  responses: { 200: { description: "A page", schema: pageSchema(expenseViewSchema) } },
  handler: ({ user, query }) => listExpenses(query, user.id),
});

export const POST = endpoint({
  summary: "Submits an expense; managers are asked by email",
  role: "customer",
  headers: idempotencyHeaders,
  body: expenseSchema,
  responses: createdOnce("The expense", expenseViewSchema),
  problems: [409, 429],
  handler: async ({ user, headers, body }) =>
    repliedOnce(await submitExpense(user.id, body, { key: headers["Idempotency-Key"] })),
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });
