import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import {
  endExperiment,
  endExperimentSchema,
  experimentViewSchema,
  viewExperiment,
} from "@/lib/experiments/experiments";

export const POST = endpoint({
  summary: "Ends an experiment: from then on, every recipient gets the winner",
  role: "manager",
  scope: "broadcasts:write",
  destructive: true,
  params: idParams,
  body: endExperimentSchema,
  responses: { 200: { description: "The finished experiment", schema: experimentViewSchema } },
  problems: [409],
  handler: async ({ user, params, body }) => {
    await endExperiment(params.id, body.winner, user.id);
    return viewExperiment(params.id);
  },
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
