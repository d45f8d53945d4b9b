import { allowOnly, json, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { listOrders, ownOrderListSchema } from "@/lib/orders/list-orders";

export const GET = route(async (request) => {
  const user = await requireRole(request.headers, "customer");
  return json(await listOrders(readQuery(request, ownOrderListSchema), user.id));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
