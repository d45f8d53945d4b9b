import { now } from "../clock";
import { db, type Tx } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { enqueue } from "../outbox";
import type { OptionalCategory } from "./consent";

export type Preferences = Record<OptionalCategory, boolean>;

/** What the owner of an address wants to get; whatever they have not objected to, they get. */
export async function preferencesOf(address: string): Promise<Preferences> {
  const rows = await db().$queryRaw<{ category: OptionalCategory; wanted: boolean }[]>`
    SELECT category, wanted FROM email_preferences WHERE address = lower(${address})`;
  const said = new Map(rows.map(({ category, wanted }) => [category, wanted]));
  const wants = (category: OptionalCategory) => said.get(category) ?? true;
  return { marketing: wants("marketing"), product_news: wants("product_news"), digest: wants("digest") };
}

/**
 * Writes down, as part of `tx`, what is wanted and what is not. Returns an event for each category that ends for an
 * address with an account; `announce` them after the commit.
 */
export async function setPreferences(tx: Tx, address: string, wanted: Partial<Preferences>): Promise<OutgoingEvent[]> {
  const at = now();
  const rows = Object.entries(wanted).flatMap(([category, wants]) =>
    wants === undefined ? [] : [{ category, wanted: wants }],
  );
  const ended = await tx.$queryRaw<{ userId: string; category: string }[]>`
    WITH changed AS (
      INSERT INTO email_preferences AS said (address, category, wanted, updated_at)
      SELECT lower(${address}), p.category::email_category, p.wanted, ${at}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS p(category text, wanted boolean)
      ON CONFLICT (address, category) DO UPDATE SET wanted = excluded.wanted, updated_at = excluded.updated_at
        WHERE said.wanted <> excluded.wanted
      RETURNING category, wanted
    )
    SELECT u.id AS "userId", c.category FROM changed c JOIN users u ON u.email = lower(${address}) WHERE NOT c.wanted`;
  const events = ended.map(
    ({ userId, category }): OutgoingEvent => ({
      name: EVENTS.USER_UNSUBSCRIBED,
      // With its moment: one may come back, and leave again.
      id: `user-unsubscribed:${userId}:${category}:${at.getTime()}`,
      data: { userId, category },
    }),
  );
  await enqueue(tx, events);
  return events;
}
