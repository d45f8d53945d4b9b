import type Stripe from "stripe";
import type { PayoutStatus } from "@/prisma/generated/enums";
import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { db, lockRow, type Prisma, type Row, type Tx, transaction } from "../db";
import { stripeEnv } from "../env";
import { EVENTS, type OutgoingEvent } from "../events";
import { newId } from "../ids";
import { addManualTask } from "../manual-queue";
import type { Money } from "../money";
import type { Publish } from "../outbox";

const RELATIONS = { expense: { select: { status: true } } } satisfies Prisma.PayoutInclude;

/** A row of the payout ledger, with the status of its expense. */
export type Payout = Row<"payout", { include: typeof RELATIONS }>;

/** Returns the payout of an expense. */
export function readPayout(expenseId: string, tx: Tx = db()): Promise<Payout | null> {
  return tx.payout.findUnique({ where: { expenseId }, include: RELATIONS });
}

/** Returns the payout after locking its expense. Every change to an expense's money holds this lock. */
export async function lockPayout(tx: Tx, expenseId: string): Promise<Payout | null> {
  await lockRow(tx, "expenses", expenseId);
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
      incident: `payout-failed:${expenseId}`,
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

/**
 * Inserts the ledger row of an approved expense and triggers its payment. The transaction must hold the lock on the expense. An
 * expense never has a second row, so it is paid once.
 */
export async function requestPayout(
  tx: Tx,
  expenseId: string,
  { amount, currency }: Money,
  publish: Publish,
): Promise<void> {
  const at = now();
  const id = newId("po");
  const { count } = await tx.payout.createMany({
    data: {
      ...{ id, expenseId, amount, currency, status: "created", createdAt: at, updatedAt: at },
      idempotencyKey: `payout:${id}`,
    },
    skipDuplicates: true,
  });
  if (count === 1) publish(paymentEvent(expenseId, { amount, currency }, "first"));
}

/** Triggers `process-payment` for an expense. `round` distinguishes a later try from the first. */
export function paymentEvent(expenseId: string, { amount, currency }: Money, round: string): OutgoingEvent {
  return {
    name: EVENTS.PAYMENT_PROCESS,
    id: `payment-process:expense:${expenseId}:${round}`,
    data: { purpose: "expense", id: expenseId, amount, currency },
  };
}

/**
 * Updates the ledger from a transfer at Stripe. The sending run and the reconciler call it, any number of times. A transfer that
 * exists although its payout failed must be reversed. A reversal in Stripe's dashboard is stored and alerted. Returns the new status.
 */
export async function recordTransfer(expenseId: string, transfer: Stripe.Transfer): Promise<PayoutStatus> {
  const { before, after } = await transaction(async (tx) => {
    const payout = await lockPayout(tx, expenseId);
    if (!payout) throw new Error(`There is no payout for expense ${expenseId}.`);
    const status = statusAfter(payout, transfer);
    const updatedAt = now();
    if (payout.status !== status || payout.sent === 0)
      await tx.payout.update({
        where: { expenseId },
        data: {
          status,
          transferId: transfer.id,
          sent: transfer.amount,
          // An operator handles a partial reversal in the dashboard. The row shows a reversal once it is complete.
          reversed: status === "reversed" ? transfer.amount : 0,
          updatedAt,
        },
      });
    if (status === "reversed")
      await tx.expense.updateMany({
        where: { id: expenseId, status: { in: ["approved", "paid"] } },
        data: { status: "payment_failed", updatedAt },
      });
    return { before: payout.status, after: status };
  });
  if (before === "paid" && after === "reversed")
    await raiseAlert({
      kind: "payout_reversed",
      incident: `payout-reversed:${transfer.id}`,
      subject: `The payment of expense ${expenseId} was reversed at Stripe`,
      detail: { expenseId, transferId: transfer.id, amount: transfer.amount, currency: transfer.currency },
    });
  return after;
}

/** Returns the payout's status after a transfer. A status only moves forward. */
function statusAfter({ status }: Payout, transfer: Stripe.Transfer): PayoutStatus {
  if (transfer.reversed) return "reversed";
  if (status === "created" || status === "sending") return "sent";
  return status === "failed" ? "reversing" : status;
}

/**
 * Puts a payout into the manual queue because there is no account to pay to, or Stripe refuses the account. The expense stays
 * approved, and nothing has been sent. The idempotency key changes, because Stripe replays the refusal, and the destination is
 * cleared, so the next attempt uses the account that is configured then.
 */
export async function holdPayout(expenseId: string, code: string, message: string): Promise<void> {
  const held = await transaction(async (tx) => {
    const payout = await lockPayout(tx, expenseId);
    if (!payout || !isUnsent(payout)) return undefined;
    const { amount, currency, destination, idempotencyKeyVersion } = payout;
    await tx.payout.update({
      where: { expenseId },
      data: {
        status: "created",
        destination: null,
        failureCode: code,
        idempotencyKeyVersion: { increment: 1 },
        updatedAt: now(),
      },
    });
    await addManualTask(tx, "payout", expenseId, { code, message, amount, currency, destination });
    return idempotencyKeyVersion;
  });
  if (held !== undefined)
    await raiseAlert({
      kind: "payout_waits",
      // One alert each time: a payout that was released can be held again for another reason.
      incident: `payout:${expenseId}:waits:${held}`,
      subject: `Expense ${expenseId} is approved, but its payment waits in the manual queue: ${code}`,
      detail: { expenseId, code, message },
    });
}

/**
 * Carries out an operator's decision on a payout. A held one is tried again, or stays unpaid and its submitter is notified. A
 * reversal that Stripe refuses is tried again by the reconciler, or the money has been collected otherwise.
 */
export async function releasePayout(
  tx: Tx,
  action: "resume" | "dismiss",
  expenseId: string,
  taskId: string,
  publish: Publish,
): Promise<void> {
  const payout = await lockPayout(tx, expenseId);
  if (payout?.status === "reversing" && action === "dismiss")
    await tx.payout.update({
      where: { expenseId },
      data: { status: "reversed", reversed: payout.sent, failureCode: "collected_otherwise", updatedAt: now() },
    });
  if (payout?.status !== "created") return;
  if (action === "dismiss") await markUnpaid(tx, payout, "failed", "dismissed");
  publish(paymentEvent(expenseId, payout, `task:${taskId}`));
}
