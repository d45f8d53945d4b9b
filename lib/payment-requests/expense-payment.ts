import { notifyPayout } from "../expenses/send-expense-email";
import { readPayout, settlePayout } from "../payouts/payout";
import { reversePayout } from "../payouts/reverse-payout";
import { sendPayout } from "../payouts/send-payout";
import type { PaymentKind } from "./payment-request";
import { refuseAmount } from "./refuse-amount";

/**
 * Pays out an approved expense: a transfer from the shop's Stripe balance to the account that its submitter is paid to, which
 * is the one way out of Stripe that can be taken back (a reversal) when the expense turns out not to be payable.
 */
export const expensePayment: PaymentKind = {
  async prepare(request) {
    const payout = await readPayout(request.id);
    if (!payout) return { due: false, reason: "There is no such expense, or it is not approved." };
    if (payout.amount !== request.amount || payout.currency !== request.currency) return refuseAmount(request, payout);
    return { due: true, attempt: 1 };
  },
  pay: (expenseId) => sendPayout(expenseId),
  fulfil: async (expenseId) => ((await settlePayout(expenseId)) ? "fulfilled" : "refused"),
  giveBack: async (expenseId, _attempt, reason) => (await reversePayout(expenseId, reason)) ?? "unknown",
  tell: (expenseId) => notifyPayout(expenseId),
};
