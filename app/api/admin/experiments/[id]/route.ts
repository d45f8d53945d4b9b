import { experiment } from "@/app/admin-schemas";
import { idParams } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { viewExperiment } from "@/lib/experiments/experiments";

export const GET = endpoint({
  summary: "Returns an experiment with the results of each variant",
  role: "manager",
  params: idParams,
  responses: { 200: { description: "The experiment", schema: experiment } },
  handler: ({ params }) => viewExperiment(params.id),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
