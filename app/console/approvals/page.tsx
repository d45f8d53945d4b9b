import type { PageQuery } from "@/app/page-props";
import { requireOperator } from "@/app/session";
import { ActionForm } from "@/app/ui/action-form";
import { Disclosure } from "@/app/ui/disclosure";
import { SelectField, TextField } from "@/app/ui/field";
import { FilterTabs } from "@/app/ui/filter-tabs";
import { TextLink } from "@/app/ui/link";
import { Pager } from "@/app/ui/pager";
import { StatusBadge } from "@/app/ui/status-badge";
import { Card, Empty } from "@/app/ui/surface";
import { Timestamp } from "@/app/ui/timestamp";
import { decisionSentence, type ExpenseView, listExpenses } from "@/lib/expenses/view-expense";
import { formatMoney } from "@/lib/money";
import { reviewExpense } from "../actions";

export const metadata = { title: "Approvals" };

export default async function ApprovalsPage({ searchParams }: PageQuery<"status" | "cursor">) {
  const operator = await requireOperator();
  const { status, cursor } = await searchParams;
  const pending = status === "pending";
  const { items, nextCursor } = await listExpenses({ ...(pending && { status }), limit: 20, cursor });
  return (
    <div className="grid max-w-3xl gap-6">
      <h1>Approvals</h1>
      <FilterTabs
        label="Filter by status"
        options={[
          { label: "All", href: "/console/approvals", current: !pending },
          { label: "Pending", href: "/console/approvals?status=pending", current: pending },
        ]}
      />
      {items.length === 0 ? (
        <Empty title={pending ? "No pending expenses" : "No expenses yet"}>
          Users submit expenses in their account. Managers receive an email.
        </Empty>
      ) : null}
      <ul className="grid gap-4">
        {items.map((expense) => (
          <li key={expense.id}>
            <Expense expense={expense} own={expense.submitter.id === operator.id} />
          </li>
        ))}
      </ul>
      <Pager nextCursor={nextCursor} query={{ status }} />
    </div>
  );
}

function Expense({ expense, own }: { expense: ExpenseView; own: boolean }) {
  const { id, amount, submitter, status, createdAt, deadlineAt, description, decision } = expense;
  return (
    <Card className="grid gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2>
          {formatMoney(amount)} for <TextLink href={`/console/customers/${submitter.id}`}>{submitter.name}</TextLink>
        </h2>
        <StatusBadge status={status} />
        <Timestamp at={createdAt} />
      </div>
      <p className="whitespace-pre-line wrap-anywhere">{description}</p>
      {decision ? (
        <p className="text-muted">
          {decisionSentence(expense)}
          {decision.note ? ` “${decision.note}”` : ""}
        </p>
      ) : null}
      {status === "pending" ? (
        <p className="text-muted text-sm">
          Rejected automatically at <Timestamp at={deadlineAt} /> without a decision.
        </p>
      ) : null}
      {status === "pending" && own ? (
        <p className="text-sm">You submitted this expense. Another manager must decide.</p>
      ) : null}
      {status === "pending" && !own ? (
        <Disclosure label="Review" tone="accent">
          <ActionForm action={reviewExpense} hidden={{ id }} submit="Confirm">
            <SelectField id={`decision-${id}`} label="Decision" name="decision">
              <option value="approve">Approve and pay out</option>
              <option value="reject">Reject</option>
            </SelectField>
            <TextField id={`note-${id}`} label="Note (optional)" maxLength={1000} name="note" />
          </ActionForm>
        </Disclosure>
      ) : null}
    </Card>
  );
}
