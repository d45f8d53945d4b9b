"use server";

import { checked, idOf, number, saved, savedWithSecret, text, withOperator } from "@/app/form-action";
import { createApiKey, KEY_OWNER_ROLE, newApiKeySchema, revokeApiKey, SCOPES } from "@/lib/auth/api-keys";

const PAGE = "/console/api-keys";

export const create = withOperator(async (form, owner) => {
  const request = checked(newApiKeySchema, {
    name: text(form, "name"),
    scopes: Object.keys(SCOPES).filter((scope) => form.has(scope)),
    expiresInDays: number(form, "expiresInDays"),
    requestsPerMinute: number(form, "requestsPerMinute"),
  });
  const { key } = await createApiKey(owner, request);
  return savedWithSecret(PAGE, "API key, shown only once", key);
}, KEY_OWNER_ROLE);

export const revoke = withOperator(async (form) => {
  await revokeApiKey(idOf(form));
  return saved(PAGE, "Revoked.");
}, KEY_OWNER_ROLE);
