import { z } from "zod";
import { job } from "@/app/admin-schemas";
import { idParams } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { viewJob } from "@/lib/jobs/jobs";

export const GET = endpoint({
  summary: "Returns a job with its progress and result",
  role: "manager",
  params: idParams,
  responses: { 200: { schema: job.extend({ result: z.unknown() }) } },
  handler: ({ params }) => viewJob(params.id),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
