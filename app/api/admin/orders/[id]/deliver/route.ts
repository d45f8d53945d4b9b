import { allowOnly, json, readJson, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { deliverOrder } from "@/lib/shipping/deliver-order";
import { deliverSchema } from "@/lib/shipping/request";

export const POST = route<{ id: string }>(async (request, { id }) => {
  await requireRole(request.headers, "manager");
  const { trackingNumber } = await readJson(request, deliverSchema);
  return json(await deliverOrder(id, trackingNumber));
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
