import { z } from "zod";
import { Role } from "@/prisma/generated/enums";
import { addressSchema, enteredAddressSchema } from "../address";
import { now } from "../clock";
import { db, lockUser, type Tx } from "../db";
import { preferencesOf, setPreferences } from "../email/consent";
import { notFound } from "../errors";
import { profileEvent } from "../inngest";
import { progressOf, recordProfile } from "../onboarding/progress";
import { type Publish, withOutbox } from "../outbox";
import { personNameSchema, plainTextSchema } from "../text";
import { timeSchema } from "../view-schemas";

export const accountViewSchema = z.strictObject({
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

/** The body of `PATCH /api/account`. A missing field does not change; null removes the value. */
export const accountChangeSchema = z.strictObject({
  name: personNameSchema.optional(),
  phone: plainTextSchema(40).nullable().optional(),
  address: enteredAddressSchema.nullable().optional(),
  preferences: z
    .strictObject({
      marketing: z.boolean().optional(),
      product_news: z.boolean().optional(),
      digest: z.boolean().optional(),
    })
    .optional(),
});

export type AccountChange = z.output<typeof accountChangeSchema>;

/** Changes a user's profile and notification preferences, and publishes the change, in one transaction. */
export async function changeAccount(user: { id: string; email: string }, change: AccountChange): Promise<void> {
  await withOutbox(async (tx, publish) => {
    await lockUser(tx, user.id);
    if (change.preferences) await setPreferences(tx, publish, user.email, change.preferences);
    await saveProfile(tx, publish, user.id, change);
  });
}

async function saveProfile(tx: Tx, publish: Publish, userId: string, change: AccountChange): Promise<void> {
  const { name, phone, address } = change;
  if (name === undefined && phone === undefined && address === undefined) return;
  const at = now();
  if (name !== undefined) await tx.user.update({ where: { id: userId }, data: { name, updatedAt: at } });
  // Counts the changes, so that each is published once.
  const [profile] = await tx.$queryRaw<{ version: number }[]>`
    INSERT INTO profiles AS stored (user_id, phone, address, updated_at)
    VALUES (${userId}, ${phone ?? null}, ${address ? JSON.stringify(address) : null}::jsonb, ${at})
    ON CONFLICT (user_id) DO UPDATE SET version = stored.version + 1, updated_at = excluded.updated_at,
      phone = CASE WHEN ${phone !== undefined} THEN excluded.phone ELSE stored.phone END,
      address = CASE WHEN ${address !== undefined} THEN excluded.address ELSE stored.address END
    RETURNING version`;
  await recordProfile(tx, userId);
  publish(profileEvent(userId, profile?.version ?? 1));
}
