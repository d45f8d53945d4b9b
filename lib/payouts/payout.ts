import type { ExpenseStatus, PayoutStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { db, type Tx } from "../db";
import { stripeEnv } from "../env";

/** A row of the payouts ledger, with the expense it is for. */
export interface Payout {
  id: string;
  expenseId: string;
  amount: number;
  currency: string;
  status: PayoutStatus;
  idempotencyKey: string;
  tries: number;
  destination: string | null;
  transferId: string | null;
  expenseStatus: ExpenseStatus;
  createdAt: Date;
}

/** The payout of an expense. */
export async function readPayout(expenseId: string, from: Tx = db()): Promise<Payout | undefined> {
  const [payout] = await from.$queryRaw<Payout[]>`
    SELECT p.id, p.expense_id AS "expenseId", p.amount, p.currency, p.status, p.idempotency_key AS "idempotencyKey", p.tries, p.destination,
      p.transfer_id AS "transferId", e.status AS "expenseStatus", p.created_at AS "createdAt"
    FROM payouts p JOIN expenses e ON e.id = p.expense_id WHERE p.expense_id = ${expenseId}`;
  return payout;
}

/** The same under the lock on the expense, which every change to an expense's money holds. */
export async function lockPayout(tx: Tx, expenseId: string): Promise<Payout | undefined> {
  await tx.$queryRaw`SELECT id FROM expenses WHERE id = ${expenseId} FOR UPDATE`;
  return readPayout(expenseId, tx);
}

/**
 * Notes that Stripe is about to be asked, and for which account: the submitter's own where one is known, else the shop's, or
 * none. False when the expense is no longer approved. The shared lock makes this and a withdrawal happen one after the other.
 */
export async function claimPayout({ id, expenseId }: Payout): Promise<boolean> {
  const claimed = await db().$executeRaw`
    WITH approved AS (SELECT id, submitter_id FROM expenses WHERE id = ${expenseId} AND status = 'approved' FOR SHARE)
    UPDATE payouts p SET status = 'sending', updated_at = ${now()}, destination = coalesce(p.destination,
        (SELECT account FROM payout_accounts a WHERE a.user_id = approved.submitter_id), ${stripeEnv().STRIPE_EXPENSES_ACCOUNT ?? null})
    FROM approved WHERE p.id = ${id} AND p.status IN ('created', 'sending')`;
  return claimed === 1;
}

/** A new key for the next call: Stripe repeats its own errors (5xx) under the old one. */
export async function renewPayoutKey({ id, tries }: Payout): Promise<void> {
  await db().$executeRaw`UPDATE payouts SET tries = tries + 1 WHERE id = ${id} AND tries = ${tries}`;
}
