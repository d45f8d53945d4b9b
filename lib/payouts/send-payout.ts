import Stripe from "stripe";
import { ago, HOUR } from "../clock";
import { AppError } from "../errors";
import { callStripe, IDEMPOTENCY_KEY_TTL_MS, isReplayedError } from "../stripe";
import { failPayout } from "./fail-payout";
import { holdPayout } from "./hold-payout";
import { claimPayout, type Payout, readPayout, renewPayoutKey } from "./payout";
import { recordTransfer } from "./record-transfer";

export type PayoutOutcome = { outcome: "paid" } | { outcome: "unpaid"; reason: string };

/** Somebody has to top up the balance, which takes people and banks; until then there is no point in asking often. */
const WHILE_SHORT = HOUR;

/**
 * Sends the money of an approved expense to its submitter's account, or the shop's for expenses, once, however often it is called: the
 * row is written before Stripe hears of it, and before a second try under another key Stripe is asked for the first.
 *
 * @throws AppError `stripe_unavailable` or `balance_insufficient`, with `retry`, for what may heal.
 */
export async function sendPayout(expenseId: string): Promise<PayoutOutcome> {
  const payout = await readPayout(expenseId);
  if (!payout) return { outcome: "unpaid", reason: "unknown" };
  if (["sent", "paid"].includes(payout.status)) return { outcome: "paid" };
  if (!["created", "sending"].includes(payout.status)) return { outcome: "unpaid", reason: payout.status };
  if (!(await claimPayout(payout))) return callOff(payout);
  const claimed = await readPayout(expenseId);
  if (!claimed?.destination)
    return hold(payout, "no_payout_account", "The submitter has no account to be paid to, and the shop has none.");
  try {
    const transfer = (await alreadyMade(claimed)) ?? (await make(claimed, claimed.destination));
    const status = await recordTransfer(expenseId, transfer);
    return status === "sent" || status === "paid" ? { outcome: "paid" } : { outcome: "unpaid", reason: status };
  } catch (error) {
    const short = error instanceof Stripe.errors.StripeError && error.code === "balance_insufficient";
    // Under the same key the answer would be the same for a day, whatever is topped up meanwhile.
    if (short || isReplayedError(error)) await renewPayoutKey(claimed);
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    if (short)
      throw new AppError("balance_insufficient", 503, `Stripe: ${error.message}`, { retry: WHILE_SHORT, cause: error });
    if (isAboutDestination(error)) return hold(claimed, error.code ?? error.type, error.message);
    return refuse(claimed, error.code ?? error.type);
  }
}

/** Withdrawn before the money left, unless a call whose answer was lost has sent it: then it is recorded, and comes back. */
async function callOff(payout: Payout): Promise<PayoutOutcome> {
  const made = payout.status === "sending" ? await findTransfer(payout) : undefined;
  if (made) {
    await recordTransfer(payout.expenseId, made);
    return { outcome: "paid" };
  }
  await failPayout(payout.expenseId, "withdrawn");
  return { outcome: "unpaid", reason: "withdrawn" };
}

/** The account does not exist, is not ours, or may not be paid to: what somebody can put right. */
const isAboutDestination = ({ code, param }: Stripe.errors.StripeError): boolean =>
  param === "destination" || code === "account_invalid" || code === "insufficient_capabilities_for_transfer";

async function hold({ expenseId }: Payout, code: string, message: string): Promise<PayoutOutcome> {
  await holdPayout(expenseId, code, message);
  return { outcome: "unpaid", reason: code };
}

async function refuse({ expenseId }: Payout, code: string): Promise<PayoutOutcome> {
  await failPayout(expenseId, code);
  return { outcome: "unpaid", reason: code };
}

function make(payout: Payout, destination: string): Promise<Stripe.Transfer> {
  const { id, expenseId, amount, currency, idempotencyKey, tries } = payout;
  return callStripe((stripe) =>
    stripe.transfers.create(
      {
        amount,
        currency: currency.toLowerCase(),
        destination,
        transfer_group: id,
        description: `Expense ${expenseId}`,
        metadata: { payout_id: id, expense_id: expenseId },
      },
      { idempotencyKey: `${idempotencyKey}:${tries}` },
    ),
  );
}

async function alreadyMade(payout: Payout): Promise<Stripe.Transfer | undefined> {
  const first = payout.tries === 0 && payout.createdAt > ago(IDEMPOTENCY_KEY_TTL_MS);
  return first ? undefined : findTransfer(payout);
}

/** The transfer of a payout, as Stripe knows it. */
async function findTransfer({ id, transferId }: Payout): Promise<Stripe.Transfer | undefined> {
  if (transferId) return callStripe((stripe) => stripe.transfers.retrieve(transferId));
  const made = await callStripe((stripe) => stripe.transfers.list({ transfer_group: id, limit: 10 }));
  return made.data[0];
}
