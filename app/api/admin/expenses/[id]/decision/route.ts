import { allowOnly, json, readJson, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { decideExpense } from "@/lib/expenses/decide-expense";
import { decisionSchema } from "@/lib/expenses/request";

export const POST = route<{ id: string }>(async (request, { id: expenseId }) => {
  const { id: managerId } = await requireRole(request.headers, "manager");
  const decision = await readJson(request, decisionSchema);
  return json(await decideExpense({ ...decision, expenseId, managerId, via: "api" }));
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
