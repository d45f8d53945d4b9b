import { allowOnly, json, parse, readJson, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { broadcastSchema, createBroadcast } from "@/lib/broadcasts/create-broadcast";
import { broadcastListSchema, listBroadcasts } from "@/lib/broadcasts/view-broadcast";
import { idempotencyKeySchema } from "@/lib/idempotency";

export const GET = route(async (request) => {
  await requireRole(request.headers, "manager");
  return json(await listBroadcasts(readQuery(request, broadcastListSchema)));
});

export const POST = route(async (request) => {
  const manager = await requireRole(request.headers, "manager");
  const key =
    parse(idempotencyKeySchema.nullable(), request.headers.get("idempotency-key"), "Idempotency-Key") ?? undefined;
  const body = await readJson(request, broadcastSchema);
  const { replayed, ...answer } = await createBroadcast(body, manager.id, key);
  return json(answer, replayed ? 200 : 201);
});

export const { PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET", "POST");
