import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import {
  payoutAccountSchema,
  payoutAccountViewSchema,
  setPayoutAccount,
  viewPayoutAccount,
} from "@/lib/payouts/payout-account";

export const GET = endpoint({
  summary: "Returns the account that a user's expenses are paid to",
  role: "admin",
  params: idParams,
  responses: { 200: { description: "The account", schema: payoutAccountViewSchema } },
  handler: ({ params }) => viewPayoutAccount(params.id),
});

export const PATCH = endpoint({
  summary: "Sets the account that a user's expenses are paid to from now on",
  role: "admin",
  params: idParams,
  body: payoutAccountSchema,
  responses: { 200: { description: "The account", schema: payoutAccountViewSchema } },
  handler: ({ user, params, body }) => setPayoutAccount(params.id, body, user.id),
});
export const { POST, PUT, DELETE, OPTIONS } = methodNotAllowed({ GET, PATCH });
