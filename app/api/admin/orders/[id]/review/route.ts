import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { decideReview, reviewDecisionSchema, reviewViewSchema } from "@/lib/orders/review";

export const POST = endpoint({
  summary: "Releases or rejects a held order of high value; the first decision counts",
  role: "manager",
  scope: "orders:write",
  destructive: true,
  params: idParams,
  body: reviewDecisionSchema,
  responses: { 200: { description: "The decision", schema: reviewViewSchema } },
  problems: [409],
  handler: ({ user, params, body }) => decideReview(params.id, body, user.id),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
