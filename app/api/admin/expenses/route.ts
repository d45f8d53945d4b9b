import { allowOnly, json, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { expenseQuerySchema } from "@/lib/expenses/request";
import { listExpenses } from "@/lib/expenses/view-expense";

export const GET = route(async (request) => {
  await requireRole(request.headers, "manager");
  return json(await listExpenses(readQuery(request, expenseQuerySchema)));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
