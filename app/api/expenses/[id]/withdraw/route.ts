import { allowOnly, json, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { withdrawExpense } from "@/lib/expenses/withdraw-expense";

export const POST = route<{ id: string }>(async (request, { id }) => {
  const user = await requireRole(request.headers, "customer");
  return json(await withdrawExpense(id, user.id));
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
