import { allowOnly, json, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { listOrders, orderListSchema } from "@/lib/orders/list-orders";

export const GET = route(async (request) => {
  await requireRole(request.headers, "manager");
  return json(await listOrders(readQuery(request, orderListSchema)));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
