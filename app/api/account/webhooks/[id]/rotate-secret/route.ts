import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { endpointWithSecretSchema, rotateSecret, rotationSchema } from "@/lib/webhooks-out/endpoints";

export const POST = endpoint({
  summary:
    "Gives a webhook a new secret; until the old secrets expire, webhook-signature holds one signature per secret, separated by spaces",
  role: "customer",
  scope: "webhooks:write",
  destructive: true,
  params: idParams,
  body: rotationSchema,
  responses: { 200: { description: "The only response with the new secret", schema: endpointWithSecretSchema } },
  problems: [409],
  handler: ({ user, params, body }) => rotateSecret(user.id, params.id, body),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
