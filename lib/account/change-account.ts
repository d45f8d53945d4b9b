import { now } from "../clock";
import type { Tx } from "../db";
import { setPreferences } from "../email/preferences";
import { EVENTS } from "../events";
import { recordProfile } from "../onboarding/progress";
import { type Publish, withOutbox } from "../outbox";
import type { AccountChange } from "./request";

/**
 * Changes a user's profile and notification preferences, with the events that follow from it, in one transaction. Whatever
 * `change` leaves out stays.
 */
export async function changeAccount(user: { id: string; email: string }, change: AccountChange): Promise<void> {
  await withOutbox(async (tx, publish) => {
    if (change.preferences) await setPreferences(tx, publish, user.email, change.preferences);
    await saveProfile(tx, publish, user.id, change);
  });
}

async function saveProfile(
  tx: Tx,
  publish: Publish,
  userId: string,
  { name, phone, address }: AccountChange,
): Promise<void> {
  if (name === undefined && phone === undefined && address === undefined) return;
  const at = now();
  if (name !== undefined)
    await tx.$executeRaw`UPDATE users SET name = ${name}, updated_at = ${at} WHERE id = ${userId}`;
  const [profile] = await tx.$queryRaw<{ version: number }[]>`
    INSERT INTO profiles AS kept (user_id, phone, address, updated_at)
    VALUES (${userId}, ${phone ?? null}, ${address ? JSON.stringify(address) : null}::jsonb, ${at})
    ON CONFLICT (user_id) DO UPDATE SET version = kept.version + 1, updated_at = excluded.updated_at,
      phone = CASE WHEN ${phone !== undefined} THEN excluded.phone ELSE kept.phone END,
      address = CASE WHEN ${address !== undefined} THEN excluded.address ELSE kept.address END
    RETURNING version`;
  await recordProfile(tx, userId);
  publish({
    name: EVENTS.USER_PROFILE_UPDATED,
    id: `user-profile-updated:${userId}:${profile?.version ?? 1}`,
    data: { userId },
  });
}
