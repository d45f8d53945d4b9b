import { z } from "zod";
import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { decideReview, reviewDecisionSchema, reviewViewSchema } from "@/lib/orders/review";

export const POST = endpoint({
  summary: "Releases or rejects a held order of high value; the first decision counts",
  role: "manager",
  scope: "orders:write",
  destructive: true,
  params: idParams,
  body: reviewDecisionSchema,
  responses: { 200: { description: "The decision", schema: z.strictObject({ review: reviewViewSchema }) } },
  problems: [409],
  handler: async ({ user, params, body }) => ({ review: await decideReview(params.id, body, user.id) }),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
