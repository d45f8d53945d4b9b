import { job } from "@/app/admin-schemas";
import { createdId, pageOf } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { createJob, jobListSchema, jobSchema, listJobs } from "@/lib/jobs/jobs";

export const GET = endpoint({
  summary: "Lists jobs, newest first",
  role: "manager",
  query: jobListSchema,
  responses: { 200: { schema: pageOf(job) } },
  handler: ({ query }) => listJobs(query),
});

export const POST = endpoint({
  summary: "Starts a job that computes the value of each customer and the retention of each cohort",
  role: "manager",
  body: jobSchema,
  responses: { 201: { schema: createdId } },
  handler: ({ user, body }) => createJob(body, user.id),
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });
