import { hashPassword } from "better-auth/crypto";
import pg from "pg";
import { OPERATORS } from "@/prisma/seed";

export interface LocalUser {
  role: string;
  email: string;
  password: string;
}

const CUSTOMER = { id: "usr_001", email: "amira.almeida@customers.example", role: "customer" };

/** Sets a password for an admin, a manager and a customer of the seed. Only for a database that the stack started. */
export async function setLocalPasswords(url: string, password: string): Promise<LocalUser[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const users = [...OPERATORS, CUSTOMER];
    const { rows } = await client.query<{ user_id: string }>(
      "SELECT user_id FROM accounts WHERE provider_id = 'credential'",
    );
    const missing = users.filter(({ id }) => !rows.some((row) => row.user_id === id));
    for (const { id } of missing)
      await client.query(
        `INSERT INTO accounts (id, account_id, provider_id, user_id, password, created_at, updated_at)
         VALUES ($1, $2, 'credential', $2, $3, '2026-01-01', '2026-01-01') ON CONFLICT DO NOTHING`,
        [`acc_${id}`, id, await hashPassword(password)],
      );
    return users.map(({ role, email }) => ({ role, email, password }));
  } finally {
    await client.end();
  }
}
