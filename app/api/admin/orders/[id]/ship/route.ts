import { allowOnly, json, parse, readJson, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { idempotencyKeySchema } from "@/lib/idempotency";
import { shipSchema } from "@/lib/shipping/request";
import { shipOrder } from "@/lib/shipping/ship-order";

export const POST = route<{ id: string }>(async (request, { id }) => {
  const { id: by } = await requireRole(request.headers, "manager");
  const key =
    parse(idempotencyKeySchema.nullable(), request.headers.get("idempotency-key"), "Idempotency-Key") ?? undefined;
  const { answer, replayed } = await shipOrder(id, await readJson(request, shipSchema), { by, key });
  return json(answer, replayed ? 200 : 201);
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
