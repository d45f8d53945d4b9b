import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { decideExpense } from "@/lib/expenses/change-expense";
import { decisionSchema } from "@/lib/expenses/request";
import { expenseViewSchema } from "@/lib/expenses/view-expense";

export const POST = endpoint({
  summary: "Approves or rejects an expense of another user, once",
  role: "manager",
  params: idParams,
  body: decisionSchema,
  responses: { 200: { description: "The expense", schema: expenseViewSchema } },
  problems: [409],
  handler: ({ user, params, body }) => decideExpense({ ...body, expenseId: params.id, managerId: user.id, via: "api" }),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
