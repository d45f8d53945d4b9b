import { allowOnly, json, readJson, route } from "@/app/http";
import { orderKey } from "@/app/order-token";
import { requireOrderAccess } from "@/lib/orders/order-access";
import { payAgain } from "@/lib/orders/pay-again";
import { viewOrder } from "@/lib/orders/view-order";
import { payAgainSchema } from "@/lib/payments/payment-method";

export const POST = route<{ id: string }>(async (request, { id }) => {
  const key = await orderKey(request);
  await requireOrderAccess(id, key);
  const { paymentMethod } = await readJson(request, payAgainSchema);
  await payAgain(id, paymentMethod);
  return json(await viewOrder(id, key), 202);
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
