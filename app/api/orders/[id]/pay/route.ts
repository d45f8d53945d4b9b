import { json, readJson, route } from "@/app/http";
import { orderToken } from "@/app/order-token";
import { payAgainSchema } from "@/lib/checkout/request";
import { payAgain } from "@/lib/orders/pay-again";
import { requireOrderToken, viewOrder } from "@/lib/orders/view-order";

export const POST = route<{ id: string }>(async (request, { id }) => {
  const token = orderToken(request);
  await requireOrderToken(id, token);
  const { paymentMethod } = await readJson(request, payAgainSchema);
  await payAgain(id, paymentMethod);
  return json(await viewOrder(id, token), 202);
});
