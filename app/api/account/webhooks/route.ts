import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { pageSchema } from "@/lib/view-schemas";
import {
  createEndpoint,
  endpointViewSchema,
  endpointWithSecretSchema,
  listEndpoints,
  newEndpointSchema,
} from "@/lib/webhooks-out/endpoints";

export const GET = endpoint({
  summary: "Lists the user's webhooks",
  role: "customer",
  scope: "webhooks:read",
  responses: { 200: { description: "All webhooks on one page", schema: pageSchema(endpointViewSchema) } },
  handler: ({ user }) => listEndpoints(user.id),
});

export const POST = endpoint({
  summary:
    "Creates a webhook: events are sent to its URL, signed as Standard Webhooks; managers get those of every order, other users those of their own",
  role: "customer",
  scope: "webhooks:write",
  body: newEndpointSchema,
  responses: { 201: { description: "The only response with the secret", schema: endpointWithSecretSchema } },
  problems: [409],
  handler: ({ user, body }) => createEndpoint(user.id, body),
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });
