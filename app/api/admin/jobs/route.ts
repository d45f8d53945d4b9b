import { allowOnly, json, readJson, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { createJob, jobSchema } from "@/lib/jobs/create-job";
import { jobListSchema, listJobs } from "@/lib/jobs/view-job";

export const GET = route(async (request) => {
  await requireRole(request.headers, "manager");
  return json(await listJobs(readQuery(request, jobListSchema)));
});

export const POST = route(async (request) => {
  const manager = await requireRole(request.headers, "manager");
  return json(await createJob(await readJson(request, jobSchema), manager.id), 201);
});

export const { PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET", "POST");
