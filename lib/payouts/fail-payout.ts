import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { transaction } from "../db";
import { lockPayout } from "./payout";

/** Nothing was sent, and nothing will be: an approved expense stays unpaid, which the operators are told. */
export async function failPayout(expenseId: string, code: string): Promise<void> {
  const unpaid = await transaction(async (tx) => {
    const payout = await lockPayout(tx, expenseId);
    if (!payout || !["created", "sending"].includes(payout.status)) return false;
    const at = now();
    await tx.$executeRaw`
      UPDATE payouts SET status = 'failed', failure_code = ${code}, updated_at = ${at} WHERE id = ${payout.id}`;
    const changed = await tx.$executeRaw`
      UPDATE expenses SET status = 'payment_failed', updated_at = ${at} WHERE id = ${expenseId} AND status = 'approved'`;
    return changed === 1;
  });
  if (unpaid)
    await raiseAlert({
      kind: "payout_failed",
      id: `payout-failed:${expenseId}`,
      subject: `Expense ${expenseId} is approved and could not be paid: ${code}`,
      detail: { expenseId, code },
    });
}
