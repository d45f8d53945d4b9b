import { json, readJson, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/who";
import { broadcastSchema, createBroadcast } from "@/lib/broadcasts/create-broadcast";
import { broadcastListSchema, listBroadcasts } from "@/lib/broadcasts/view-broadcast";

export const GET = route(async (request) => {
  await requireRole(request.headers, "manager");
  return json(await listBroadcasts(readQuery(request, broadcastListSchema)));
});

export const POST = route(async (request) => {
  const manager = await requireRole(request.headers, "manager");
  return json(await createBroadcast(await readJson(request, broadcastSchema), manager.id), 201);
});
