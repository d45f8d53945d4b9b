import { allowOnly, json, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { redeliver } from "@/lib/webhooks-out/deliveries";

export const POST = route<{ id: string; deliveryId: string }>(async (request, { id, deliveryId }) => {
  const user = await requireRole(request.headers, "customer");
  return json(await redeliver(user.id, id, deliveryId), 202);
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
