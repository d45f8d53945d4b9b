import type { Metadata } from "next";
import { requireOperator } from "@/app/session";
import { ActionForm } from "@/app/ui/action-form";
import { Disclosure } from "@/app/ui/disclosure";
import { SelectField, TextField } from "@/app/ui/field";
import { Choice } from "@/app/ui/filter-tabs";
import { Link } from "@/app/ui/link";
import { Pager } from "@/app/ui/pager";
import { StateBadge } from "@/app/ui/status-badge";
import { Card, Empty } from "@/app/ui/surface";
import { When } from "@/app/ui/timestamp";
import { decisionSentence } from "@/lib/expenses/decision-sentence";
import { type ExpenseView, listExpenses } from "@/lib/expenses/view-expense";
import { formatMoney } from "@/lib/money";
import { decide } from "./actions";

export const metadata: Metadata = { title: "Approvals" };

export default async function ApprovalsPage({
  searchParams,
}: {
  searchParams: Promise<{ status?: string; cursor?: string }>;
}) {
  const operator = await requireOperator();
  const { status, cursor } = await searchParams;
  const waiting = status === "pending";
  const { items, nextCursor } = await listExpenses({ ...(waiting && { status }), limit: 20, cursor });
  return (
    <div className="grid max-w-3xl gap-6">
      <h1>Approvals</h1>
      <Choice
        label="Which expenses"
        options={[
          { label: "All", href: "/console/approvals", present: !waiting },
          { label: "Waiting", href: "/console/approvals?status=pending", present: waiting },
        ]}
      />
      {items.length === 0 ? (
        <Empty title={waiting ? "Nothing waits for a decision." : "Nobody has asked for money."}>
          Whoever has spent some for the shop asks for it in their account, and managers get an email.
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
          {formatMoney(amount)} for{" "}
          <Link className="text-accent underline" href={`/console/customers/${submitter.id}`}>
            {submitter.name}
          </Link>
        </h2>
        <StateBadge state={status} />
        <When at={createdAt} />
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
          Without a decision by <When at={deadlineAt} /> it is rejected.
        </p>
      ) : null}
      {status === "pending" && own ? <p className="text-sm">It is yours, so somebody else decides.</p> : null}
      {status === "pending" && !own ? (
        <Disclosure label="Decide" tone="accent">
          <ActionForm action={decide} submit="Decide, for good">
            <input name="id" type="hidden" value={id} />
            <SelectField id={`decision-${id}`} label="Decision" name="decision">
              <option value="approve">Approve, and pay it out</option>
              <option value="reject">Reject</option>
            </SelectField>
            <TextField id={`note-${id}`} label="Note (optional)" maxLength={1000} name="note" />
          </ActionForm>
        </Disclosure>
      ) : null}
    </Card>
  );
}
