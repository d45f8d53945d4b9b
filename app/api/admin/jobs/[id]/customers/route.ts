import { allowOnly, json, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { jobListSchema, listCustomerValues } from "@/lib/jobs/view-job";

export const GET = route<{ id: string }>(async (request, { id }) => {
  await requireRole(request.headers, "manager");
  return json(await listCustomerValues(id, readQuery(request, jobListSchema)));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
