import { allowOnly, json, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { viewExpense } from "@/lib/expenses/view-expense";

export const GET = route<{ id: string }>(async (request, { id }) => {
  const user = await requireRole(request.headers, "customer");
  return json(await viewExpense(id, user.id));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
