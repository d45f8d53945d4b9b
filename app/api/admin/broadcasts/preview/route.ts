import { allowOnly, json, readJson, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { previewBroadcast, previewSchema } from "@/lib/broadcasts/create-broadcast";

export const POST = route(async (request) => {
  await requireRole(request.headers, "manager");
  return json(await previewBroadcast(await readJson(request, previewSchema)));
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
