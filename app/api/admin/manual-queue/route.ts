import { allowOnly, json, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { listTasks, taskQuerySchema } from "@/lib/console/list-manual-tasks";

export const GET = route(async (request) => {
  await requireRole(request.headers, "manager");
  return json(await listTasks(readQuery(request, taskQuerySchema)));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
