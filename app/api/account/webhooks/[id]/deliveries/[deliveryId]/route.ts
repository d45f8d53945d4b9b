import { allowOnly, json, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { getDelivery } from "@/lib/webhooks-out/deliveries";

export const GET = route<{ id: string; deliveryId: string }>(async (request, { id, deliveryId }) => {
  const user = await requireRole(request.headers, "customer");
  return json(await getDelivery(user.id, id, deliveryId));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
