import { allowOnly, json, readText, route } from "@/app/http";
import { orderKey } from "@/app/order-token";
import { cancelOrder } from "@/lib/orders/cancel-order";
import { requireOrderAccess } from "@/lib/orders/order-access";
import { viewOrder } from "@/lib/orders/view-order";

export const POST = route<{ id: string }>(async (request, { id }) => {
  const key = await orderKey(request, await readText(request));
  await cancelOrder(id, await requireOrderAccess(id, key));
  return json(await viewOrder(id, key), 202);
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
