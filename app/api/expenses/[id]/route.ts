import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { expenseViewSchema, viewExpense } from "@/lib/expenses/view-expense";

export const GET = endpoint({
  summary: "Returns one of the user's own expenses",
  role: "customer",
  params: idParams,
  responses: { 200: { description: "The expense", schema: expenseViewSchema } },
  handler: ({ user, params }) => viewExpense(params.id, user.id),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
