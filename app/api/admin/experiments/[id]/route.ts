import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { experimentViewSchema, viewExperiment } from "@/lib/experiments/experiments";

export const GET = endpoint({
  summary: "Returns an experiment with the results of each variant",
  role: "manager",
  scope: "broadcasts:read",
  params: idParams,
  responses: { 200: { description: "The experiment", schema: experimentViewSchema } },
  handler: ({ params }) => viewExperiment(params.id),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
