import Stripe from "stripe";
import type { PayoutStatus } from "@/prisma/generated/enums";
import { raiseAlert } from "../alerts";
import { ago, HOUR } from "../clock";
import { transaction } from "../db";
import { AppError } from "../errors";
import { installationId } from "../installation";
import { addManualTask } from "../manual-queue";
import { callStripe, IDEMPOTENCY_KEY_TTL_MS, withIdempotencyKey } from "../stripe";
import {
  claimPayout,
  failPayout,
  holdPayout,
  isUnsent,
  lockPayout,
  markUnpaid,
  type Payout,
  readPayout,
  recordTransfer,
} from "./payout";

export type PayoutOutcome = { outcome: "paid" } | { outcome: "unpaid"; reason: string };

/** A retry is rare, because a person must top up the balance by a bank transfer first. */
const BALANCE_RETRY_MS = HOUR;

/**
 * Transfers the money of an approved expense to its submitter's account, or to the shop's account for expenses. Safe to repeat:
 * the row exists before Stripe is called, and a call under another key first searches for an earlier transfer.
 *
 * @throws AppError `stripe_unavailable` or `balance_insufficient`, with `retry`.
 */
export async function sendPayout(expenseId: string): Promise<PayoutOutcome> {
  const payout = await readPayout(expenseId);
  if (!payout) return { outcome: "unpaid", reason: "unknown" };
  if (!isUnsent(payout)) return outcomeOf(payout.status);
  if (!(await claimPayout(payout))) return cancelPayout(payout);
  const claimed = await readPayout(expenseId);
  if (!claimed?.destination)
    return hold(payout, "no_payout_account", "The submitter has no account to be paid to, and the shop has none.");
  const { destination } = claimed;
  try {
    return await withIdempotencyKey("payouts", claimed, async (key) => {
      const transfer = (await findEarlierTransfer(claimed)) ?? (await createTransfer(claimed, destination, key));
      return outcomeOf(await recordTransfer(expenseId, transfer));
    });
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    if (error.code === "balance_insufficient") {
      const options = { retry: BALANCE_RETRY_MS, cause: error };
      throw new AppError("balance_insufficient", 503, `Stripe: ${error.message}`, options);
    }
    const code = error.code ?? error.type;
    if (isAboutDestination(error)) return hold(claimed, code, error.message);
    await failPayout(expenseId, code);
    return { outcome: "unpaid", reason: code };
  }
}

const outcomeOf = (status: string): PayoutOutcome =>
  status === "sent" || status === "paid" ? { outcome: "paid" } : { outcome: "unpaid", reason: status };

/** Fails the payout of a withdrawn expense. If a call whose answer was lost made a transfer, it is recorded, and then reversed. */
async function cancelPayout(payout: Payout): Promise<PayoutOutcome> {
  const transfer = payout.status === "sending" ? await findTransfer(payout) : undefined;
  if (transfer) {
    await recordTransfer(payout.expenseId, transfer);
    return { outcome: "paid" };
  }
  await failPayout(payout.expenseId, "withdrawn");
  return { outcome: "unpaid", reason: "withdrawn" };
}

/** Returns whether the account does not exist, is not connected or cannot receive transfers. A person can correct that. */
const isAboutDestination = ({ code, param }: Stripe.errors.StripeError): boolean =>
  param === "destination" || code === "account_invalid" || code === "insufficient_capabilities_for_transfer";

async function hold({ expenseId }: Payout, code: string, message: string): Promise<PayoutOutcome> {
  await holdPayout(expenseId, code, message);
  return { outcome: "unpaid", reason: code };
}

async function createTransfer(payout: Payout, destination: string, idempotencyKey: string): Promise<Stripe.Transfer> {
  const { id, expenseId, amount, currency } = payout;
  const params = {
    ...{ amount, currency: currency.toLowerCase(), destination, transfer_group: id },
    description: `Expense ${expenseId}`,
    metadata: { payout_id: id, expense_id: expenseId, installation_id: await installationId() },
  };
  return callStripe((stripe) => stripe.transfers.create(params, { idempotencyKey }));
}

/** Returns the transfer of an earlier try, if the key alone could not prevent a second transfer. */
async function findEarlierTransfer(payout: Payout): Promise<Stripe.Transfer | undefined> {
  const keyProtects = payout.idempotencyKeyVersion === 0 && payout.createdAt > ago(IDEMPOTENCY_KEY_TTL_MS);
  return keyProtects ? undefined : findTransfer(payout);
}

/** Returns the transfer of a payout at Stripe. */
async function findTransfer({ id, transferId }: Payout): Promise<Stripe.Transfer | undefined> {
  if (transferId) return callStripe((stripe) => stripe.transfers.retrieve(transferId));
  const { data } = await callStripe((stripe) => stripe.transfers.list({ transfer_group: id, limit: 10 }));
  const installation = await installationId();
  return data.find(({ metadata }) => metadata.installation_id === installation);
}

/**
 * Reverses the transfer of an expense, once. The status `reversing` is stored first. Then the transfer is read from Stripe, because
 * it may be reversed already. A payout that was not sent does not change. Returns the payout's status afterwards.
 *
 * @throws AppError `stripe_unavailable`, with `retry`; the reconciler continues after the last retry.
 */
export async function reversePayout(expenseId: string, reason: string): Promise<PayoutStatus | undefined> {
  const payout = await transaction(async (tx) => {
    const sent = await lockPayout(tx, expenseId);
    if (sent?.status === "sent") await markUnpaid(tx, sent, "reversing", reason);
    return readPayout(expenseId, tx);
  });
  if (payout?.status !== "reversing" || !payout.transferId) return payout?.status;
  const { id, transferId } = payout;
  const readTransfer = () => callStripe((stripe) => stripe.transfers.retrieve(transferId));
  try {
    return await withIdempotencyKey("payouts", payout, async (key) => {
      const options = { idempotencyKey: `${key}:reversal` };
      const params = { metadata: { payout_id: id } };
      if (!(await readTransfer()).reversed)
        await callStripe((stripe) => stripe.transfers.createReversal(transferId, params, options));
      return recordTransfer(expenseId, await readTransfer());
    });
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    await holdReversal(payout, error.code ?? error.message);
    return payout.status;
  }
}

/**
 * Alerts the operators of a refused reversal. While the account's balance is too low, the reconciler tries again. After any other
 * refusal the payout stays `reversing` until an operator has decided.
 */
async function holdReversal({ id, expenseId, amount, currency }: Payout, code: string): Promise<void> {
  const message = `The payment of expense ${expenseId} must be reversed, but Stripe refuses it: ${code}.`;
  if (code !== "balance_insufficient")
    await transaction((tx) => addManualTask(tx, "payout", expenseId, { code, message, amount, currency }));
  await raiseAlert({
    kind: "reversal_refused",
    incident: `payout:${expenseId}:reversal-refused`,
    subject: `The payment of expense ${expenseId} must be reversed, but Stripe refuses it: ${code}`,
    detail: { expenseId, payoutId: id, code },
  });
}
