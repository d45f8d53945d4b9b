import { z } from "zod";
import { idParams, time } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { decideReview, type ReviewView, reviewDecisionSchema } from "@/lib/orders/review";
import { ReviewStatus } from "@/prisma/generated/enums";

const review = z.strictObject({
  orderId: z.string(),
  status: z.enum(ReviewStatus),
  decidedBy: z.string().nullable(),
  decidedAt: time.nullable(),
  note: z.string().nullable(),
}) satisfies z.ZodType<ReviewView>;

export const POST = endpoint({
  summary: "Releases or rejects a held order of high value; the first decision counts",
  role: "manager",
  params: idParams,
  body: reviewDecisionSchema,
  responses: { 200: { description: "The decision", schema: z.strictObject({ review }) } },
  problems: [409],
  handler: async ({ user, params, body }) => ({ review: await decideReview(params.id, body, user.id) }),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
