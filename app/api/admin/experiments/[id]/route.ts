import { allowOnly, json, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { viewExperiment } from "@/lib/experiments/view-experiment";

export const GET = route<{ id: string }>(async (request, { id }) => {
  await requireRole(request.headers, "manager");
  return json(await viewExperiment(id));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
