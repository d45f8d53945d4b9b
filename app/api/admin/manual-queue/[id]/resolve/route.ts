import { allowOnly, json, readJson, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { resolutionSchema, resolveTask } from "@/lib/console/resolve-manual-task";

export const POST = route<{ id: string }>(async (request, { id }) => {
  const manager = await requireRole(request.headers, "manager");
  const resolution = await readJson(request, resolutionSchema);
  await resolveTask(id, resolution, manager.id);
  return json({ id, resolution: resolution.action });
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
