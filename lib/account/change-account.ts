import { z } from "zod";
import { enteredAddressSchema } from "../address";
import { now } from "../clock";
import type { Tx } from "../db";
import { setPreferences } from "../email/preferences";
import { EVENTS } from "../events";
import { recordProfile } from "../onboarding/progress";
import { type Publish, withOutbox } from "../outbox";
import { personNameSchema, plainTextSchema } from "../text";

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
  publish({
    name: EVENTS.USER_PROFILE_UPDATED,
    id: `user-profile-updated:${userId}:${profile?.version ?? 1}`,
    data: { userId },
  });
}
