import { DisclosedForm } from "@/app/ui/disclosed-form";
import { Card, Empty, PageContent, StatusBadge } from "@/app/ui/display";
import { SelectField, TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { StatusTabs } from "@/app/ui/list";
import { Pager } from "@/app/ui/list-links";
import { Timestamp } from "@/app/ui/timestamp";
import { countExpenses, decisionSentence, type ExpenseView, listExpenses } from "@/lib/expenses/view-expense";
import { formatMoney } from "@/lib/money";
import { reviewExpense } from "../actions";
import { consolePage } from "../console-page";

export const metadata = { title: "Approvals" };

export default consolePage<"status" | "cursor">(async ({ status, cursor }, operator) => {
  const pending = status === "pending";
  const [{ items, nextCursor }, rows] = await Promise.all([
    listExpenses({ ...(pending && { status }), limit: 20, cursor }),
    countExpenses(pending ? status : undefined),
  ]);
  return (
    <PageContent title="Approvals" className="max-w-3xl">
      <StatusTabs
        path="/console/approvals"
        labels={{ all: "All", pending: "Pending" }}
        current={pending ? "pending" : "all"}
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
      <Pager nextCursor={nextCursor} rows={rows} shown={items.length} />
    </PageContent>
  );
});

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
          {decisionSentence(expense)} <Timestamp at={decision.at} />
          {decision.note ? ` “${decision.note}”` : ""}
        </p>
      ) : null}
      {status === "pending" ? (
        <p className="text-muted text-sm">
          Without a decision it is rejected at <Timestamp at={deadlineAt} />.
        </p>
      ) : null}
      {status === "pending" && own ? (
        <p className="text-sm">You submitted this expense. Another manager must decide.</p>
      ) : null}
      {status === "pending" && !own ? (
        <DisclosedForm action={reviewExpense} hidden={{ id }} label="Review" submit="Confirm" tone="accent">
          <SelectField id={`decision-${id}`} label="Decision" name="decision">
            <option value="approve">Approve and pay out</option>
            <option value="reject">Reject</option>
          </SelectField>
          <TextField id={`note-${id}`} label="Note (optional)" maxLength={1000} name="note" />
        </DisclosedForm>
      ) : null}
    </Card>
  );
}
