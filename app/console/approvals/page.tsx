import type { Metadata } from "next";
import { StateBadge } from "@/app/console/state-badge";
import { requireOperator } from "@/app/session";
import { ActionForm } from "@/app/ui/action-form";
import { SelectField, TextField } from "@/app/ui/field";
import { Pager } from "@/app/ui/pager";
import { Card, Empty } from "@/app/ui/surface";
import { When } from "@/app/ui/when";
import { listExpenses } from "@/lib/expenses/view-expense";
import { formatMoney } from "@/lib/money";
import { decide } from "./actions";

export const metadata: Metadata = { title: "Approvals" };

export default async function ApprovalsPage({ searchParams }: { searchParams: Promise<{ cursor?: string }> }) {
  const operator = await requireOperator("/console/approvals");
  const { cursor } = await searchParams;
  const { items, nextCursor } = await listExpenses({ limit: 20, cursor });
  return (
    <>
      <h1 className="mb-6">Approvals</h1>
      {items.length === 0 ? <Empty title="Nobody has asked for money." /> : null}
      <ul className="grid gap-4">
        {items.map((expense) => (
          <li key={expense.id}>
            <Card className="grid gap-3">
              <div className="flex flex-wrap items-center gap-3">
                <h2>
                  {formatMoney(expense.amount)} for {expense.submitter.name}
                </h2>
                <StateBadge state={expense.status} />
                <When at={expense.createdAt} />
              </div>
              <p className="whitespace-pre-line">{expense.description}</p>
              {expense.decision ? (
                <p className="text-muted">
                  {expense.decision.approved ? "Approved" : "Rejected"} by {expense.decision.by?.name ?? "the deadline"}
                  {expense.decision.note ? `: “${expense.decision.note}”` : ""}
                </p>
              ) : null}
              {expense.status === "pending" && expense.submitter.id !== operator.id ? (
                <Decision id={expense.id} />
              ) : null}
            </Card>
          </li>
        ))}
      </ul>
      <Pager nextCursor={nextCursor} />
    </>
  );
}

function Decision({ id }: { id: string }) {
  return (
    <details>
      <summary className="font-medium text-accent">Decide</summary>
      <div className="mt-3 max-w-md">
        <ActionForm action={decide} submit="Decide, for good">
          <input name="id" type="hidden" value={id} />
          <SelectField id={`decision-${id}`} label="Decision" name="decision">
            <option value="approve">Approve, and pay it out</option>
            <option value="reject">Reject</option>
          </SelectField>
          <TextField id={`note-${id}`} label="Note (optional)" maxLength={1000} name="note" />
        </ActionForm>
      </div>
    </details>
  );
}
