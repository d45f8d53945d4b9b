import { allowOnly, json, readJson, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { endExperiment, endExperimentSchema } from "@/lib/experiments/end-experiment";
import { viewExperiment } from "@/lib/experiments/view-experiment";

export const POST = route<{ id: string }>(async (request, { id }) => {
  const { id: managerId } = await requireRole(request.headers, "manager");
  const { winner } = await readJson(request, endExperimentSchema);
  await endExperiment(id, winner, managerId);
  return json(await viewExperiment(id));
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
