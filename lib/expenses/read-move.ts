import { now } from "../clock";
import { db } from "../db";
import { type Move, nextMove, type OpenExpense } from "./policy";

/** What is to be done for an expense now, as the database has it; `unknown` when there is no such expense. */
export async function readMove(expenseId: string): Promise<Move | { do: "unknown" }> {
  const [expense] = await db().$queryRaw<OpenExpense[]>`
    SELECT status, created_at AS "createdAt", deadline_at AS "deadlineAt", reminded_at AS "remindedAt" FROM expenses WHERE id = ${expenseId}`;
  return expense ? nextMove(expense, now()) : { do: "unknown" };
}
