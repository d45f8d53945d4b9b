import type { EmailCategory } from "@/prisma/generated/enums";
import { db, Prisma } from "../db";

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
