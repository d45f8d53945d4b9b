import { json, parse, readJson, route } from "@/app/http";
import { placeOrder } from "@/lib/checkout/place-order";
import { checkoutSchema, idempotencyKeySchema } from "@/lib/checkout/request";

export const POST = route(async (request) => {
  const key =
    parse(idempotencyKeySchema.nullable(), request.headers.get("idempotency-key"), "Idempotency-Key") ?? undefined;
  const { answer, replayed } = await placeOrder(await readJson(request, checkoutSchema), key);
  return json(answer, replayed ? 200 : 201);
});
