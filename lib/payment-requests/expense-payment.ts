import { notifyPayout } from "../expenses/send-expense-email";
import { readPayout, settlePayout } from "../payouts/payout";
import { reversePayout } from "../payouts/reverse-payout";
import { sendPayout } from "../payouts/send-payout";
import { type PaymentKind, refuseAmount } from "./payment-request";

/**
 * Pays out an approved expense by a transfer from the shop's Stripe balance to the account of its submitter. A transfer is the only
 * payout that can be reversed if the expense is found not to be payable.
 */
export const expensePayment: PaymentKind = {
  async prepare(request) {
    const payout = await readPayout(request.id);
    if (!payout) return { due: false, reason: "There is no such expense, or it is not approved." };
    if (payout.amount !== request.amount || payout.currency !== request.currency) return refuseAmount(request, payout);
    return { due: true, attempt: 1 };
  },
  pay: (expenseId) => sendPayout(expenseId),
  settle: async (expenseId) => ((await settlePayout(expenseId)) ? "settled" : "refused"),
  refund: async (expenseId, _attempt, reason) => (await reversePayout(expenseId, reason)) ?? "unknown",
  notify: (expenseId) => notifyPayout(expenseId),
};
