import { z } from "zod";
import { DecisionChannel, ExpenseStatus, PayoutStatus } from "@/prisma/generated/enums";
import { db, type Prisma, type Row, type Tx } from "../db";
import { notFound } from "../errors";
import { countRows, newestFirst, newestFirstPage } from "../pagination";
import { moneySchema, namedSchema, timeSchema } from "../view-schemas";
import type { ExpenseQuery } from "./request";

/** An expense as the API shows it to its submitter and to managers. */
export const expenseViewSchema = z.strictObject({
  id: z.string(),
  amount: moneySchema,
  description: z.string(),
  status: z.enum(ExpenseStatus),
  submitter: namedSchema,
  decision: z
    .strictObject({
      approved: z.boolean(),
      by: namedSchema.nullable().describe("Null if the deadline has rejected it."),
      via: z.enum(DecisionChannel),
      note: z.string().nullable(),
      at: timeSchema,
    })
    .nullable(),
  payout: z.strictObject({ status: z.enum(PayoutStatus), at: timeSchema }).nullable(),
  deadlineAt: timeSchema.describe("It is rejected then, unless a manager has decided."),
  createdAt: timeSchema,
});

export type ExpenseView = z.output<typeof expenseViewSchema>;

const USER = { select: { id: true, name: true } };
const RELATIONS = { submitter: USER, decidedBy: USER, payout: true } satisfies Prisma.ExpenseInclude;
type ExpenseRow = Row<"expense", { include: typeof RELATIONS }>;

/**
 * Returns an expense. With `submitterId`, only an expense of this user is found.
 * @throws AppError `not_found` (404)
 */
export async function viewExpense(id: string, submitterId?: string, tx: Tx = db()): Promise<ExpenseView> {
  const row = await tx.expense.findUnique({ where: { id, submitterId }, include: RELATIONS });
  if (!row) throw notFound("expense");
  return toView(row);
}

/** Returns a page of expenses, newest first, of one submitter or of all. */
export async function listExpenses({ status, ...query }: ExpenseQuery, submitterId?: string) {
  const { where, ...page } = newestFirst(query);
  const rows = await db().expense.findMany({ where: { submitterId, status, ...where }, ...page, include: RELATIONS });
  return newestFirstPage(rows, query.limit, toView);
}

/** Returns the number of expenses, of one status or of all. */
export const countExpenses = (status?: ExpenseQuery["status"]) =>
  countRows((limit) => db().expense.count({ where: { status }, ...limit }));

function toView({ id, amount, currency, description, status, submitter, payout, ...row }: ExpenseRow): ExpenseView {
  const { decidedAt, decidedVia, decidedBy, note, deadlineAt, createdAt } = row;
  return {
    id,
    amount: { amount, currency },
    description,
    status,
    submitter,
    decision:
      decidedAt && decidedVia
        ? { approved: status !== "rejected", by: decidedBy, via: decidedVia, note, at: decidedAt.toISOString() }
        : null,
    payout: payout && { status: payout.status, at: payout.updatedAt.toISOString() },
    deadlineAt: deadlineAt.toISOString(),
    createdAt: createdAt.toISOString(),
  };
}

/** Returns a sentence that states the decision on an expense and who made it. `decision.at` is its time. */
export function decisionSentence({ status, decision }: Pick<ExpenseView, "status" | "decision">): string {
  if (status === "withdrawn") return "It was withdrawn by its submitter.";
  if (!decision) return "It is not decided yet.";
  if (decision.by === null) return "It was rejected, because no manager decided in time.";
  return `It was ${decision.approved ? "approved" : "rejected"} by ${decision.by.name}.`;
}
