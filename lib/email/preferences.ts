import { now } from "../clock";
import { db, type Tx } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import type { Publish } from "../outbox";
import type { OptionalCategory } from "./consent";

export type Preferences = Record<OptionalCategory, boolean>;

/** Returns which categories of email the owner of an address wants. A category without a stored preference is wanted. */
export async function preferencesOf(address: string): Promise<Preferences> {
  const saved = await db().emailPreference.findMany({ where: { address: address.toLowerCase() } });
  const wants = (category: OptionalCategory) => saved.find((one) => one.category === category)?.wanted ?? true;
  return { marketing: wants("marketing"), product_news: wants("product_news"), digest: wants("digest") };
}

interface EndedRow {
  userId: string;
  category: string;
}

/** Saves preferences within `tx`, and publishes an event for each category that ends for an address with an account. */
export async function setPreferences(
  tx: Tx,
  publish: Publish,
  address: string,
  wanted: Partial<Preferences>,
): Promise<void> {
  const at = now();
  const rows = Object.entries(wanted).map(([category, wanted]) => ({ category, wanted }));
  const ended = await tx.$queryRaw<EndedRow[]>`
    WITH changed AS (
      INSERT INTO email_preferences AS saved (address, category, wanted, updated_at)
      SELECT lower(${address}), p.category::email_category, p.wanted, ${at}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS p(category text, wanted boolean) WHERE p.wanted IS NOT NULL
      ON CONFLICT (address, category) DO UPDATE SET wanted = excluded.wanted, updated_at = excluded.updated_at
        WHERE saved.wanted <> excluded.wanted
      RETURNING category, wanted
    )
    SELECT u.id AS "userId", c.category FROM changed c JOIN users u ON u.email = lower(${address}) WHERE NOT c.wanted`;
  const events = ended.map(
    ({ userId, category }): OutgoingEvent => ({
      name: EVENTS.USER_UNSUBSCRIBED,
      // The id has the time, because a user can subscribe again and unsubscribe again.
      id: `user-unsubscribed:${userId}:${category}:${at.getTime()}`,
      data: { userId, category },
    }),
  );
  publish(...events);
}
