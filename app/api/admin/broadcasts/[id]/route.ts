import { allowOnly, json, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { viewBroadcast } from "@/lib/broadcasts/view-broadcast";

export const GET = route<{ id: string }>(async (request, { id }) => {
  await requireRole(request.headers, "manager");
  return json(await viewBroadcast(id));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
