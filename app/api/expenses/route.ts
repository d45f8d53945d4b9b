import { allowOnly, json, readJson, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { expenseQuerySchema, expenseSchema } from "@/lib/expenses/request";
import { submitExpense } from "@/lib/expenses/submit-expense";
import { listExpenses } from "@/lib/expenses/view-expense";

export const GET = route(async (request) => {
  const { id } = await requireRole(request.headers, "customer");
  return json(await listExpenses(readQuery(request, expenseQuerySchema), id));
});

export const POST = route(async (request) => {
  const { id } = await requireRole(request.headers, "customer");
  return json(await submitExpense(id, await readJson(request, expenseSchema)), 201);
});

export const { PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET", "POST");
