import { z } from "zod";
import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { orderCredentials, tokenQuery } from "@/app/visitor";
import { correctionSchema, correctOrder } from "@/lib/orders/correct-order";
import { orderViewSchema, requireOrderAccess, viewOrder } from "@/lib/orders/view-order";

export const GET = endpoint({
  summary: "Returns an order as its customer sees it",
  scope: "orders:read",
  params: idParams,
  unparsed: { query: tokenQuery },
  responses: { 200: { description: "The order", schema: orderViewSchema } },
  problems: [401],
  handler: async ({ request, apiKey, params }) => viewOrder(params.id, await orderCredentials(request, { apiKey })),
});

export const PATCH = endpoint({
  summary: "Corrects the address, email, name or phone of an order that has not shipped; a new email gets a new token",
  scope: "orders:write",
  params: idParams,
  unparsed: { query: tokenQuery },
  body: correctionSchema,
  responses: {
    200: { description: "Corrected", schema: z.strictObject({ order: orderViewSchema, token: z.string() }) },
  },
  problems: [401, 409],
  handler: async ({ request, apiKey, params: { id }, body }) => {
    const credentials = await orderCredentials(request, { apiKey });
    const by = await requireOrderAccess(id, credentials);
    const ownerId = by === "customer" ? credentials.viewer?.id : undefined;
    const token = await correctOrder(id, body, ownerId);
    return { order: await viewOrder(id, { token }), token };
  },
});
export const { POST, PUT, DELETE, OPTIONS } = methodNotAllowed({ GET, PATCH });
