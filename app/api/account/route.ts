import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { accountChangeSchema, accountViewSchema, changeAccount, viewAccount } from "@/lib/account/account";
import { recordVisit } from "@/lib/onboarding/progress";

export const GET = endpoint({
  summary: "Returns the user's profile, notification preferences and onboarding",
  role: "customer",
  responses: { 200: { description: "The account", schema: accountViewSchema } },
  handler: async ({ user }) => {
    await recordVisit(user.id);
    return viewAccount(user.id);
  },
});

export const PATCH = endpoint({
  summary: "Changes the given fields; null removes a field",
  role: "customer",
  body: accountChangeSchema,
  responses: { 200: { description: "The account", schema: accountViewSchema } },
  handler: async ({ user, body }) => {
    await changeAccount(user, body);
    return viewAccount(user.id);
  },
});
export const { POST, PUT, DELETE, OPTIONS } = methodNotAllowed({ GET, PATCH });
