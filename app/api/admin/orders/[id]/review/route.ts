import { allowOnly, json, readJson, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { decideReview, reviewDecisionSchema } from "@/lib/review/decide-review";

export const POST = route<{ id: string }>(async (request, { id }) => {
  const manager = await requireRole(request.headers, "manager");
  return json({ review: await decideReview(id, await readJson(request, reviewDecisionSchema), manager.id) });
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
