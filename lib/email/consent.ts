import type { EmailCategory, SuppressionReason } from "@/prisma/generated/enums";
import { now } from "../clock";
import { db, Prisma, type Tx } from "../db";
import { normalizeEmail } from "../email-address";
import { EVENTS } from "../events";
import { type Publish, withOutbox } from "../outbox";

export type { EmailCategory };

/** The categories that a recipient can unsubscribe from, with the labels of the preferences page. */
export const OPTIONAL_CATEGORIES = {
  marketing: "Offers and campaigns",
  product_news: "First steps, tips and what is new in the shop",
  digest: "The daily digest of what happened in your account",
} as const satisfies Partial<Record<EmailCategory, string>>;

export type OptionalCategory = keyof typeof OPTIONAL_CATEGORIES;

export const isOptional = (category: string): category is OptionalCategory =>
  Object.hasOwn(OPTIONAL_CATEGORIES, category);

/**
 * Returns the SQL condition that an address may not get email of a category now, for a statement that reads recipients.
 *
 * An address that bounced permanently, or that an operator suppressed, gets nothing: providers count every further email
 * against the sender. An address that complained gets transactional email only, which the law requires (an order's
 * confirmation: Directive 2011/83/EU, article 8 (7)). Transactional email has no preference. The other categories go to
 * existing customers until they object (Directive 2002/58/EC, article 13 (2)), and every such email has an unsubscribe link. They
 * do not go to an account whose address nobody has verified: a stranger may have typed it.
 */
export function refusedCondition(address: Prisma.Sql, category: Prisma.Sql): Prisma.Sql {
  // The inner SELECT names both values: inside the EXISTS, a bare column such as `category` would be that of the inner table.
  return Prisma.sql`EXISTS (SELECT 1 FROM (SELECT lower(${address}) AS address, ${category} AS category) asked
    WHERE EXISTS (SELECT 1 FROM email_suppressions s WHERE s.address = asked.address
        AND (s.reason <> 'complained' OR asked.category <> 'transactional'))
      OR EXISTS (SELECT 1 FROM email_preferences p WHERE p.address = asked.address AND p.category = asked.category AND NOT p.wanted)
      OR (asked.category <> 'transactional' AND EXISTS (SELECT 1 FROM users u WHERE u.email = asked.address AND NOT u.email_verified)))`;
}

/** Returns whether an address may not get email of a category now. */
export async function isRefused(address: string, category: EmailCategory): Promise<boolean> {
  const [row] = await db().$queryRaw<{ refused: boolean }[]>`
    SELECT ${refusedCondition(Prisma.sql`${address}`, Prisma.sql`${category}::email_category`)} AS refused`;
  return row?.refused ?? false;
}

export type Preferences = Record<OptionalCategory, boolean>;

/** Returns which categories of email the owner of an address wants. A category without a stored preference is wanted. */
export async function preferencesOf(address: string): Promise<Preferences> {
  const saved = await db().emailPreference.findMany({ where: { address: address.toLowerCase() } });
  const wants = (category: OptionalCategory) => saved.find((row) => row.category === category)?.wanted ?? true;
  return { marketing: wants("marketing"), product_news: wants("product_news"), digest: wants("digest") };
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
  const ended = await tx.$queryRaw<{ userId: string; category: string }[]>`
    WITH changed AS (
      INSERT INTO email_preferences AS saved (address, category, wanted, updated_at)
      SELECT lower(${address}), p.category::email_category, p.wanted, ${at}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS p(category text, wanted boolean) WHERE p.wanted IS NOT NULL
      ON CONFLICT (address, category) DO UPDATE SET wanted = excluded.wanted, updated_at = excluded.updated_at
        WHERE saved.wanted <> excluded.wanted
      RETURNING category, wanted
    )
    SELECT u.id AS "userId", c.category FROM changed c JOIN users u ON u.email = lower(${address}) WHERE NOT c.wanted`;
  for (const { userId, category } of ended)
    publish({
      name: EVENTS.USER_UNSUBSCRIBED,
      // The id has the time, because a user can subscribe again and unsubscribe again.
      id: `user-unsubscribed:${userId}:${category}:${at.getTime()}`,
      data: { userId, category },
    });
}

/** Returns why an address gets no email, or only that about orders (`complained`). */
export async function suppressionsOf(email: string): Promise<SuppressionReason[]> {
  const rows = await db().emailSuppression.findMany({
    where: { address: email.toLowerCase() },
    select: { reason: true },
  });
  return rows.map(({ reason }) => reason);
}

/** Suppresses an address, once for each reason, and publishes that for the running workflows of its user. */
export async function suppressAddress(address: string, reason: SuppressionReason, detail?: string): Promise<void> {
  const at = now();
  const email = normalizeEmail(address) ?? address.toLowerCase();
  await withOutbox(async (tx, publish) => {
    const data = { address: email, reason, detail, at };
    const { count } = await tx.emailSuppression.createMany({ data, skipDuplicates: true });
    if (count === 0) return;
    const user = await tx.user.findUnique({ where: { email }, select: { id: true } });
    if (!user) return;
    publish({
      name: EVENTS.EMAIL_SUPPRESSED,
      // The id has the time, because `removeBounceSuppression` can remove it, and the address can be suppressed again.
      id: `email-suppressed:${user.id}:${reason}:${at.getTime()}`,
      data: { userId: user.id, reason },
    });
  });
}
