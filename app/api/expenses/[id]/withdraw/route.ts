import { expense, idParams } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { withdrawExpense } from "@/lib/expenses/change-expense";

export const POST = endpoint({
  summary: "Withdraws an expense that is not paid yet",
  role: "customer",
  params: idParams,
  responses: { 200: { description: "The withdrawn expense", schema: expense } },
  problems: [409],
  handler: ({ user, params }) => withdrawExpense(params.id, user.id),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
