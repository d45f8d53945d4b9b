import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { jobViewSchema, viewJob } from "@/lib/jobs/jobs";

export const GET = endpoint({
  summary: "Returns a job with its progress and result",
  role: "manager",
  scope: "reports:read",
  params: idParams,
  responses: { 200: { schema: jobViewSchema } },
  handler: ({ params }) => viewJob(params.id),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
