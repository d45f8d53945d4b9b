import { allowOnly, json, parse, readJson, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { idempotencyKeySchema } from "@/lib/idempotency";
import { refundOrder, refundSchema } from "@/lib/payments/refund-order";

export const POST = route<{ id: string }>(async (request, { id }) => {
  await requireRole(request.headers, "manager");
  const key = parse(idempotencyKeySchema, request.headers.get("idempotency-key") ?? undefined, "Idempotency-Key");
  const { answer, replayed } = await refundOrder(id, await readJson(request, refundSchema), key);
  return json(answer, replayed ? 200 : 201);
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
