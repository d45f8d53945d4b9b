import { json, readText, route } from "@/app/http";
import { orderToken } from "@/app/order-token";
import { cancelOrder } from "@/lib/orders/cancel-order";
import { requireOrderToken, viewOrder } from "@/lib/orders/view-order";

export const POST = route<{ id: string }>(async (request, { id }) => {
  const token = orderToken(request, await readText(request));
  await requireOrderToken(id, token);
  await cancelOrder(id, "customer");
  return json(await viewOrder(id, token), 202);
});
