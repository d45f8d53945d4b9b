import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { pageSchema } from "@/lib/view-schemas";
import { deliveryListSchema, deliveryViewSchema, listDeliveries } from "@/lib/webhooks-out/deliveries";

export const GET = endpoint({
  summary: "Lists the deliveries of a webhook, newest first",
  role: "customer",
  scope: "webhooks:read",
  params: idParams,
  query: deliveryListSchema,
  responses: { 200: { description: "A page of deliveries", schema: pageSchema(deliveryViewSchema) } },
  handler: ({ user, params, query }) => listDeliveries(user.id, params.id, query),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
