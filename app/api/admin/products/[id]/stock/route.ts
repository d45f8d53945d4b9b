import { allowOnly, json, parse, readJson, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { idempotencyKeySchema } from "@/lib/idempotency";
import { adjustStock, stockSchema } from "@/lib/inventory/adjust-stock";

export const POST = route<{ id: string }>(async (request, { id }) => {
  const { id: by } = await requireRole(request.headers, "manager");
  const key =
    parse(idempotencyKeySchema.nullable(), request.headers.get("idempotency-key"), "Idempotency-Key") ?? undefined;
  const { answer, replayed } = await adjustStock(id, await readJson(request, stockSchema), { by, key });
  return json(answer, replayed ? 200 : 201);
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
