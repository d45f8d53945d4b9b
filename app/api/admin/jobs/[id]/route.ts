import { allowOnly, json, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { viewJob } from "@/lib/jobs/view-job";

export const GET = route<{ id: string }>(async (request, { id }) => {
  await requireRole(request.headers, "manager");
  return json(await viewJob(id));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
