import { z } from "zod";
import { time } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { accountChangeSchema, changeAccount } from "@/lib/account/change-account";
import { type AccountView, viewAccount } from "@/lib/account/view-account";
import { addressSchema } from "@/lib/address";
import { recordVisit } from "@/lib/onboarding/progress";
import { Role } from "@/prisma/generated/enums";

const account = z.strictObject({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: z.enum(Role),
  phone: z.string().nullable(),
  address: addressSchema.nullable(),
  preferences: z
    .strictObject({ marketing: z.boolean(), product_news: z.boolean(), digest: z.boolean() })
    .describe("The optional emails that the user gets."),
  onboarding: z
    .strictObject({ profile: time.nullable(), firstVisit: time.nullable(), firstOrder: time.nullable() })
    .describe("When the user completed each step first."),
}) satisfies z.ZodType<AccountView>;

export const GET = endpoint({
  summary: "Returns the user's profile, notification preferences and onboarding",
  role: "customer",
  responses: { 200: { description: "The account", schema: account } },
  handler: async ({ user }) => {
    await recordVisit(user.id);
    return viewAccount(user.id);
  },
});

export const PATCH = endpoint({
  summary: "Changes the given fields; null removes a field",
  role: "customer",
  body: accountChangeSchema,
  responses: { 200: { description: "The account", schema: account } },
  handler: async ({ user, body }) => {
    await changeAccount(user, body);
    return viewAccount(user.id);
  },
});
export const { POST, PUT, DELETE, OPTIONS } = methodNotAllowed({ GET, PATCH });
