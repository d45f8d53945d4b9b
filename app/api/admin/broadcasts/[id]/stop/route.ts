import { allowOnly, json, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { stopBroadcast } from "@/lib/broadcasts/stop-broadcast";
import { viewBroadcast } from "@/lib/broadcasts/view-broadcast";

export const POST = route<{ id: string }>(async (request, { id }) => {
  await requireRole(request.headers, "manager");
  await stopBroadcast(id);
  return json(await viewBroadcast(id), 202);
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
