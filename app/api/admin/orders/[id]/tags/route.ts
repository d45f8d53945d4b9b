import { z } from "zod";
import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { setTags, tagsSchema } from "@/lib/orders/order-tags";

export const PUT = endpoint({
  summary: "Replaces the tags of an order, which customers do not see",
  role: "manager",
  scope: "orders:write",
  params: idParams,
  body: tagsSchema,
  responses: { 200: { description: "All its tags", schema: z.strictObject({ tags: z.array(z.string()) }) } },
  problems: [404],
  handler: async ({ params, body }) => ({ tags: await setTags(params.id, body) }),
});
export const { GET, POST, PATCH, DELETE, OPTIONS } = methodNotAllowed({ PUT });
