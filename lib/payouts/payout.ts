import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { db, type Prisma, type Tx, transaction } from "../db";
import { stripeEnv } from "../env";

const RELATIONS = { expense: { select: { status: true } } } satisfies Prisma.PayoutInclude;

/** A row of the payout ledger, with the status of its expense. */
export type Payout = Prisma.PayoutGetPayload<{ include: typeof RELATIONS }>;

/** Returns the payout of an expense. */
export function readPayout(expenseId: string, tx: Tx = db()): Promise<Payout | null> {
  return tx.payout.findUnique({ where: { expenseId }, include: RELATIONS });
}

/** Returns the payout after locking its expense. Every change to an expense's money holds this lock. */
export async function lockPayout(tx: Tx, expenseId: string): Promise<Payout | null> {
  await tx.$queryRaw<{ id: string }[]>`SELECT id FROM expenses WHERE id = ${expenseId} FOR UPDATE`;
  return readPayout(expenseId, tx);
}

/** Returns whether no transfer of this payout has been recorded yet. */
export const isUnsent = ({ status }: Payout): boolean => status === "created" || status === "sending";

/**
 * Marks a payout as being sent and fixes its destination: the submitter's account, or else the shop's, or none. Returns false if
 * the expense is not approved any more. The shared lock serializes this with a withdrawal.
 */
export async function claimPayout({ id, expenseId }: Payout): Promise<boolean> {
  const claimed = await db().$executeRaw`
    WITH approved AS (SELECT id, submitter_id FROM expenses WHERE id = ${expenseId} AND status = 'approved' FOR SHARE)
    UPDATE payouts p SET status = 'sending', updated_at = ${now()}, destination = coalesce(p.destination,
        (SELECT account FROM payout_accounts a WHERE a.user_id = approved.submitter_id), ${stripeEnv().STRIPE_EXPENSES_ACCOUNT ?? null})
    FROM approved WHERE p.id = ${id} AND p.status IN ('created', 'sending')`;
  return claimed === 1;
}

/** Changes the idempotency key for the next call. Stripe replays its own errors (5xx) under the old key. */
export async function renewPayoutKey({ id, idempotencyKeyVersion }: Payout): Promise<void> {
  await db().payout.updateMany({
    where: { id, idempotencyKeyVersion },
    data: { idempotencyKeyVersion: { increment: 1 } },
  });
}

/**
 * Settles a payout that was sent: the expense is paid. Returns false if the expense was withdrawn meanwhile, so the transfer must
 * be reversed. Safe to repeat.
 */
export async function settlePayout(expenseId: string): Promise<boolean> {
  return transaction(async (tx) => {
    const payout = await lockPayout(tx, expenseId);
    if (!payout) throw new Error(`There is no payout for expense ${expenseId}.`);
    if (payout.status === "paid") return true;
    if (payout.status !== "sent" || payout.expense.status !== "approved") return false;
    const paid = { status: "paid", updatedAt: now() } as const;
    await tx.payout.update({ where: { expenseId }, data: paid });
    await tx.expense.update({ where: { id: expenseId }, data: paid });
    return true;
  });
}

/** Fails a payout that was not sent. If the expense is approved, it stays unpaid and the operators are alerted. */
export async function failPayout(expenseId: string, code: string): Promise<void> {
  const unpaid = await transaction(async (tx) => {
    const payout = await lockPayout(tx, expenseId);
    return payout !== null && isUnsent(payout) && (await markUnpaid(tx, payout, "failed", code));
  });
  if (unpaid)
    await raiseAlert({
      kind: "payout_failed",
      id: `payout-failed:${expenseId}`,
      subject: `Expense ${expenseId} is approved but could not be paid: ${code}`,
      detail: { expenseId, code },
    });
}

/** Stores why an expense is not paid, within a transaction that holds its lock. Returns whether the expense was approved. */
export async function markUnpaid(
  tx: Tx,
  { expenseId }: Payout,
  status: "failed" | "reversing",
  failureCode: string,
): Promise<boolean> {
  const updatedAt = now();
  await tx.payout.update({ where: { expenseId }, data: { status, failureCode, updatedAt } });
  const { count } = await tx.expense.updateMany({
    where: { id: expenseId, status: "approved" },
    data: { status: "payment_failed", updatedAt },
  });
  return count === 1;
}
