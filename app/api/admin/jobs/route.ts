import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { createJob, jobListSchema, jobSchema, jobSummarySchema, listJobs } from "@/lib/jobs/jobs";
import { idSchema, pageSchema } from "@/lib/view-schemas";

export const GET = endpoint({
  summary: "Lists jobs, newest first",
  role: "manager",
  scope: "reports:read",
  query: jobListSchema,
  responses: { 200: { schema: pageSchema(jobSummarySchema) } },
  handler: ({ query }) => listJobs(query),
});

export const POST = endpoint({
  summary: "Starts a job that computes the value of each customer and the retention of each cohort",
  role: "manager",
  scope: "reports:write",
  body: jobSchema,
  responses: { 201: { schema: idSchema } },
  handler: ({ user, body }) => createJob(body, user.id),
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });
