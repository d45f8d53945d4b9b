import { allowOnly, json, parse, readJson, route } from "@/app/http";
import { visitor } from "@/app/visit";
import { placeOrder } from "@/lib/checkout/place-order";
import { checkoutSchema } from "@/lib/checkout/request";
import { idempotencyKeySchema } from "@/lib/idempotency";

export const POST = route(async (request) => {
  const key =
    parse(idempotencyKeySchema.nullable(), request.headers.get("idempotency-key"), "Idempotency-Key") ?? undefined;
  const body = await readJson(request, checkoutSchema);
  const user = await visitor(request.headers);
  const { answer, replayed } = await placeOrder(body, key, user?.id);
  return json(answer, replayed ? 200 : 201);
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
