import type { EmailCategory } from "@/prisma/generated/enums";
import { db, Prisma, type Tx } from "../db";

export type { EmailCategory };

/** The categories that one can do without, in the words of the page where one says so. */
export const OPTIONAL_CATEGORIES = {
  marketing: "Offers and campaigns",
  product_news: "First steps, tips and what is new in the shop",
  digest: "The daily digest of what happened in your account",
} as const satisfies Partial<Record<EmailCategory, string>>;

export type OptionalCategory = keyof typeof OPTIONAL_CATEGORIES;

export const isOptional = (category: string): category is OptionalCategory =>
  Object.hasOwn(OPTIONAL_CATEGORIES, category);

/**
 * The SQL condition that an address may not get email of a category now, for a statement that reads recipients.
 *
 * An address that bounced for good, or that an operator has shut, gets nothing: an email there reaches nobody, and providers
 * hold every further one against the sender. One that complained gets nothing but transactional email, which is owed
 * whatever somebody thinks of the rest (an order's confirmation is: Directive 2011/83/EU, article 8 (7)). Transactional
 * email asks for no preference; the other categories go to existing customers until they object (Directive 2002/58/EC,
 * article 13 (2)), and every such email says how.
 */
export function refused(address: Prisma.Sql, category: Prisma.Sql): Prisma.Sql {
  // Named first: inside the subqueries, a bare column such as `category` would be that of the table searched there.
  return Prisma.sql`EXISTS (SELECT 1 FROM (SELECT lower(${address}) AS address, ${category} AS category) asked
    WHERE EXISTS (SELECT 1 FROM email_suppressions s WHERE s.address = asked.address
        AND (s.reason <> 'complained' OR asked.category <> 'transactional'))
      OR EXISTS (SELECT 1 FROM email_preferences p WHERE p.address = asked.address AND p.category = asked.category AND NOT p.wanted))`;
}

/** Which of `addresses` may not get email of this category now, as they were given; one statement for any number of them. */
export async function refusals(addresses: string[], category: EmailCategory, from: Tx = db()): Promise<Set<string>> {
  if (addresses.length === 0) return new Set();
  const rows = await from.$queryRaw<{ given: string }[]>`
    SELECT DISTINCT a.given FROM unnest(${addresses}::text[]) AS a(given)
    WHERE ${refused(Prisma.sql`a.given`, Prisma.sql`${category}::email_category`)}`;
  return new Set(rows.map(({ given }) => given));
}
