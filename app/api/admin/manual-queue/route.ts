import { allowOnly, json, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/who";
import { listTasks, taskQuerySchema } from "@/lib/manual-queue/list-tasks";

export const GET = route(async (request) => {
  await requireRole(request.headers, "manager");
  return json(await listTasks(readQuery(request, taskQuerySchema)));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
