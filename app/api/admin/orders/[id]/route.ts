import { allowOnly, json, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { inspectOrder } from "@/lib/orders/inspect-order";

export const GET = route<{ id: string }>(async (request, { id }) => {
  await requireRole(request.headers, "manager");
  return json(await inspectOrder(id));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
