import { allowOnly, json, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { deliveryListSchema, listDeliveries } from "@/lib/webhooks-out/deliveries";

export const GET = route<{ id: string }>(async (request, { id }) => {
  const user = await requireRole(request.headers, "customer");
  return json(await listDeliveries(user.id, id, readQuery(request, deliveryListSchema)));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
