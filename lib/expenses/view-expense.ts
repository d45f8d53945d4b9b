import type { DecisionChannel, ExpenseStatus, PayoutStatus } from "@/prisma/generated/enums";
import { db, Prisma } from "../db";
import { notFound } from "../errors";
import type { Money } from "../money";
import type { ExpenseQuery } from "./request";

/** An expense as the API shows it, to whoever submitted it and to managers. */
export interface ExpenseView {
  id: string;
  amount: Money;
  description: string;
  status: ExpenseStatus;
  submitter: { id: string; name: string };
  /** Null until it is decided; `by` is null when the deadline decided. */
  decision: {
    approved: boolean;
    by: { id: string; name: string } | null;
    via: DecisionChannel;
    note: string | null;
    at: string;
  } | null;
  payout: { status: PayoutStatus; at: string } | null;
  deadlineAt: string;
  createdAt: string;
}

interface Row {
  id: string;
  amount: number;
  currency: string;
  description: string;
  status: ExpenseStatus;
  submitterId: string;
  submitterName: string;
  approved: boolean;
  decidedById: string | null;
  decidedByName: string | null;
  decidedVia: DecisionChannel | null;
  decidedAt: Date | null;
  note: string | null;
  payoutStatus: PayoutStatus | null;
  payoutAt: Date | null;
  deadlineAt: Date;
  createdAt: Date;
}

const SELECT = Prisma.sql`SELECT e.id, e.amount, e.currency, e.description, e.status, s.id AS "submitterId", s.name AS "submitterName",
    e.status <> 'rejected' AS approved, d.id AS "decidedById", d.name AS "decidedByName", e.decided_via AS "decidedVia", e.decided_at AS "decidedAt", e.note,
    p.status AS "payoutStatus", p.updated_at AS "payoutAt", e.deadline_at AS "deadlineAt", e.created_at AS "createdAt"
  FROM expenses e JOIN users s ON s.id = e.submitter_id LEFT JOIN users d ON d.id = e.decided_by LEFT JOIN payouts p ON p.expense_id = e.id`;

/** @throws AppError `not_found` (404); with `submitterId`, also for somebody else's. */
export async function viewExpense(id: string, submitterId?: string): Promise<ExpenseView> {
  const [row] = await db().$queryRaw<Row[]>`${SELECT} WHERE e.id = ${id} AND ${by(submitterId)}`;
  if (!row) throw notFound("expense");
  return shape(row);
}

/** A page of expenses, newest first: of one submitter, or of all. */
export async function listExpenses({ status, limit, cursor }: ExpenseQuery, submitterId?: string) {
  const rows = await db().$queryRaw<Row[]>`${SELECT} WHERE ${by(submitterId)}
    AND (${status ?? null}::text IS NULL OR e.status::text = ${status ?? null})
    AND (${cursor ?? null}::text IS NULL OR (e.created_at, e.id) < (SELECT created_at, id FROM expenses WHERE id = ${cursor ?? null}))
    ORDER BY e.created_at DESC, e.id DESC LIMIT ${limit + 1}`;
  const items = rows.slice(0, limit).map(shape);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

const by = (submitterId: string | undefined) =>
  submitterId === undefined ? Prisma.sql`true` : Prisma.sql`e.submitter_id = ${submitterId}`;

function shape(row: Row): ExpenseView {
  const { id, amount, currency, description, status } = row;
  return {
    id,
    amount: { amount, currency },
    description,
    status,
    submitter: { id: row.submitterId, name: row.submitterName },
    decision: decisionOf(row),
    payout: row.payoutStatus && row.payoutAt ? { status: row.payoutStatus, at: row.payoutAt.toISOString() } : null,
    deadlineAt: row.deadlineAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
  };
}

function decisionOf(row: Row): ExpenseView["decision"] {
  const { approved, decidedAt, decidedById, decidedByName, decidedVia, note } = row;
  if (!decidedAt || !decidedVia) return null;
  const by = decidedById && decidedByName !== null ? { id: decidedById, name: decidedByName } : null;
  return { approved, by, via: decidedVia, note, at: decidedAt.toISOString() };
}
