import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { idSchema } from "@/lib/view-schemas";
import {
  changeEndpoint,
  deleteEndpoint,
  endpointChangeSchema,
  endpointViewSchema,
  getEndpoint,
} from "@/lib/webhooks-out/endpoints";

export const GET = endpoint({
  summary: "Returns a webhook",
  role: "customer",
  scope: "webhooks:read",
  params: idParams,
  responses: { 200: { description: "The webhook", schema: endpointViewSchema } },
  handler: ({ user, params }) => getEndpoint(user.id, params.id),
});

export const PATCH = endpoint({
  summary: "Changes the given fields; enabling a webhook resets its failures",
  role: "customer",
  scope: "webhooks:write",
  params: idParams,
  body: endpointChangeSchema,
  responses: { 200: { description: "The webhook", schema: endpointViewSchema } },
  handler: ({ user, params, body }) => changeEndpoint(user.id, params.id, body),
});

export const DELETE = endpoint({
  summary: "Deletes a webhook with its deliveries",
  role: "customer",
  scope: "webhooks:write",
  destructive: true,
  params: idParams,
  responses: { 200: { description: "Deleted", schema: idSchema } },
  handler: async ({ user, params: { id } }) => {
    await deleteEndpoint(user.id, id);
    return { id };
  },
});
export const { POST, PUT, OPTIONS } = methodNotAllowed({ GET, PATCH, DELETE });
