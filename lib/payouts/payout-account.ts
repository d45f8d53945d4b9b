import { z } from "zod";
import { now } from "../clock";
import { db, lockUser, transaction } from "../db";
import { notFound } from "../errors";
import { timeSchema } from "../view-schemas";

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

export const payoutAccountViewSchema = z.strictObject({
  userId: z.string(),
  account: z.string().nullable().describe("Null: the shop's account is used."),
  setBy: z.string().nullable(),
  setAt: timeSchema.nullable(),
});

type PayoutAccountView = z.output<typeof payoutAccountViewSchema>;

/** Returns the account that a user's expenses are paid to. @throws AppError `not_found` (404) */
export async function viewPayoutAccount(userId: string): Promise<PayoutAccountView> {
  const user = await db().user.findUnique({ where: { id: userId }, select: { payoutAccount: true } });
  if (!user) throw notFound("user");
  const { account = null, setBy = null, setAt } = user.payoutAccount ?? {};
  return { userId, account, setBy, setAt: setAt?.toISOString() ?? null };
}

/** Sets the account for payouts that have not been sent to Stripe yet. @throws AppError `not_found` (404) */
export async function setPayoutAccount(
  userId: string,
  { account }: z.output<typeof payoutAccountSchema>,
  setBy: string,
): Promise<PayoutAccountView> {
  await transaction(async (tx) => {
    await lockUser(tx, userId, () => notFound("user"));
    const values = { setBy, setAt: now() };
    if (account === null) await tx.payoutAccount.deleteMany({ where: { userId } });
    else
      await tx.payoutAccount.upsert({
        where: { userId },
        create: { userId, account, ...values },
        update: { account, ...values },
      });
  });
  return viewPayoutAccount(userId);
}
