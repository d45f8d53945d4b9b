import { now } from "../clock";
import { transaction } from "../db";
import { lockPayout } from "./payout";

/**
 * Books the money that went out: the expense is paid. `refused` when it was withdrawn meanwhile, so that the money has to
 * come back. Booking twice is booking once.
 */
export async function bookPayout(expenseId: string): Promise<"fulfilled" | "refused"> {
  return transaction(async (tx) => {
    const payout = await lockPayout(tx, expenseId);
    if (!payout) throw new Error(`There is no payout for expense ${expenseId}.`);
    if (payout.status === "paid") return "fulfilled";
    if (payout.status !== "sent" || payout.expenseStatus !== "approved") return "refused";
    const at = now();
    await tx.$executeRaw`UPDATE payouts SET status = 'paid', updated_at = ${at} WHERE id = ${payout.id}`;
    await tx.$executeRaw`UPDATE expenses SET status = 'paid', updated_at = ${at} WHERE id = ${expenseId}`;
    return "fulfilled";
  });
}
