import { z } from "zod";
import { now } from "../clock";
import { db } from "../db";
import { notFound } from "../errors";

/** The body of `PATCH /api/admin/users/{id}/payout-account`. */
export const payoutAccountSchema = z.strictObject({
  account: z
    .string()
    .trim()
    .max(255)
    .regex(/^acct_\w+$/, "must be a connected account at Stripe, acct_…")
    .nullable()
    .describe("Null: the user has none of their own, and the shop's is used."),
});

export interface PayoutAccountView {
  userId: string;
  account: string | null;
  setBy: string | null;
  setAt: string | null;
}

/** Where a user's expenses are paid to. @throws AppError `not_found` (404) */
export async function viewPayoutAccount(userId: string): Promise<PayoutAccountView> {
  const [row] = await db().$queryRaw<{ account: string | null; setBy: string | null; setAt: Date | null }[]>`
    SELECT a.account, a.set_by AS "setBy", a.set_at AS "setAt" FROM users u LEFT JOIN payout_accounts a ON a.user_id = u.id WHERE u.id = ${userId}`;
  if (!row) throw notFound("user");
  return { userId, ...row, setAt: row.setAt?.toISOString() ?? null };
}

/** Sets it, for payments that Stripe has not been asked for yet. @throws AppError `not_found` (404) */
export async function setPayoutAccount(
  userId: string,
  { account }: z.output<typeof payoutAccountSchema>,
  setBy: string,
): Promise<PayoutAccountView> {
  if (account === null) await db().$executeRaw`DELETE FROM payout_accounts WHERE user_id = ${userId}`;
  else
    await db().$executeRaw`
      INSERT INTO payout_accounts (user_id, account, set_by, set_at) SELECT id, ${account}, ${setBy}, ${now()} FROM users WHERE id = ${userId}
      ON CONFLICT (user_id) DO UPDATE SET account = excluded.account, set_by = excluded.set_by, set_at = excluded.set_at`;
  return viewPayoutAccount(userId);
}
