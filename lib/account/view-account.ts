import { z } from "zod";
import { Role } from "@/prisma/generated/enums";
import { addressSchema } from "../address";
import { db } from "../db";
import { preferencesOf } from "../email/consent";
import { notFound } from "../errors";
import { progressOf } from "../onboarding/progress";
import { timeSchema } from "../view-schemas";

export const accountViewSchema = z.strictObject({
  id: z.string(),
  email: z.email(),
  name: z.string(),
  role: z.enum(Role),
  phone: z.string().nullable(),
  address: addressSchema.nullable(),
  preferences: z
    .strictObject({ marketing: z.boolean(), product_news: z.boolean(), digest: z.boolean() })
    .describe("The optional emails that the user gets."),
  onboarding: z
    .strictObject({
      profile: timeSchema.nullable(),
      firstVisit: timeSchema.nullable(),
      firstOrder: timeSchema.nullable(),
    })
    .describe("When the user completed each step first."),
});

export type AccountView = z.output<typeof accountViewSchema>;

/** Returns a user's own account. @throws AppError `not_found` (404) */
export async function viewAccount(userId: string): Promise<AccountView> {
  const user = await db().user.findUnique({
    where: { id: userId },
    select: { id: true, email: true, name: true, role: true, profile: { select: { phone: true, address: true } } },
  });
  if (!user) throw notFound("account");
  const { profile, ...account } = user;
  const [preferences, progress] = await Promise.all([preferencesOf(user.email), progressOf(userId)]);
  return {
    ...account,
    phone: profile?.phone ?? null,
    address: addressSchema.nullable().parse(profile?.address ?? null),
    preferences,
    onboarding: {
      profile: iso(progress.profile),
      firstVisit: iso(progress.first_visit),
      firstOrder: iso(progress.first_order),
    },
  };
}

const iso = (at: Date | undefined) => at?.toISOString() ?? null;
