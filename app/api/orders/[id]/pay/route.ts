import { allowOnly, json, readJson, route } from "@/app/http";
import { orderKey } from "@/app/order-token";
import { payAgainSchema } from "@/lib/checkout/request";
import { requireOrderKey } from "@/lib/orders/order-access";
import { payAgain } from "@/lib/orders/pay-again";
import { viewOrder } from "@/lib/orders/view-order";

export const POST = route<{ id: string }>(async (request, { id }) => {
  const key = await orderKey(request);
  await requireOrderKey(id, key);
  const { paymentMethod } = await readJson(request, payAgainSchema);
  await payAgain(id, paymentMethod);
  return json(await viewOrder(id, key), 202);
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
