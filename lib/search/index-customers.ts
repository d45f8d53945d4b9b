import { ago, MINUTE } from "../clock";
import { db } from "../db";
import type { CustomerDocument } from "./documents";

/** Takes a customer into the index, unless it knows a later state. */
export async function indexCustomer({ id, name, email, version }: CustomerDocument): Promise<void> {
  await db().$executeRaw`
    INSERT INTO customer_search AS known (user_id, name, email, version) VALUES (${id}, ${name}, ${email}, ${version})
    ON CONFLICT (user_id) DO UPDATE SET name = excluded.name, email = excluded.email, version = excluded.version
    WHERE known.version <= excluded.version`;
}

export async function forgetCustomer(id: string): Promise<void> {
  await db().$executeRaw`DELETE FROM customer_search WHERE user_id = ${id}`;
}

/** Longer than `index-user` waits: what is not in the index by then was missed. */
const PATIENCE = 15 * MINUTE;

/** Customers whose change the index has missed, at most `limit` ids. */
export async function findUnindexed(limit = 200): Promise<string[]> {
  const rows = await db().$queryRaw<{ id: string }[]>`
    SELECT u.id FROM users u LEFT JOIN customer_search c ON c.user_id = u.id
    WHERE (c.user_id IS NULL OR c.version < u.updated_at) AND u.updated_at < ${ago(PATIENCE)} LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}
