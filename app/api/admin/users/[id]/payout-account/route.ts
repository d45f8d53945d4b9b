import { z } from "zod";
import { idParams, time } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import {
  type PayoutAccountView,
  payoutAccountSchema,
  setPayoutAccount,
  viewPayoutAccount,
} from "@/lib/payouts/payout-account";

const payoutAccount = z.strictObject({
  userId: z.string(),
  account: z.string().nullable().describe("Null: the shop's account is used."),
  setBy: z.string().nullable(),
  setAt: time.nullable(),
}) satisfies z.ZodType<PayoutAccountView>;

export const GET = endpoint({
  summary: "Returns the account that a user's expenses are paid to",
  role: "admin",
  params: idParams,
  responses: { 200: { description: "The account", schema: payoutAccount } },
  handler: ({ params }) => viewPayoutAccount(params.id),
});

export const PATCH = endpoint({
  summary: "Sets the account that a user's expenses are paid to from now on",
  role: "admin",
  params: idParams,
  body: payoutAccountSchema,
  responses: { 200: { description: "The account", schema: payoutAccount } },
  handler: ({ user, params, body }) => setPayoutAccount(params.id, body, user.id),
});
export const { POST, PUT, DELETE, OPTIONS } = methodNotAllowed({ GET, PATCH });
