import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { withdrawExpense } from "@/lib/expenses/change-expense";
import { expenseViewSchema } from "@/lib/expenses/view-expense";

export const POST = endpoint({
  summary: "Withdraws an expense that is not paid yet",
  role: "customer",
  params: idParams,
  responses: { 200: { description: "The withdrawn expense", schema: expenseViewSchema } },
  problems: [409],
  handler: ({ user, params }) => withdrawExpense(params.id, user.id),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
