import { ActionForm } from "@/app/ui/action-form";
import { Disclosure } from "@/app/ui/disclosure";
import { SelectField, TextArea, TextField } from "@/app/ui/field";
import { StatusBadge } from "@/app/ui/status-badge";
import { Card } from "@/app/ui/surface";
import { decisionSentence } from "@/lib/expenses/decision-sentence";
import { EXPENSE_CURRENCIES } from "@/lib/expenses/request";
import { listExpenses } from "@/lib/expenses/view-expense";
import { formatMoney } from "@/lib/money";
import { submitExpenseForm } from "./actions";

/** The latest expenses of a user, and a form to submit one. */
export async function ExpenseCard({ userId }: { userId: string }) {
  const { items } = await listExpenses({ limit: 5 }, userId);
  return (
    <Card className="grid gap-4">
      <h2>Expenses</h2>
      {items.length > 0 ? (
        <ul className="grid gap-3">
          {items.map((expense) => (
            <li className="grid gap-1" key={expense.id}>
              <div className="flex flex-wrap items-center justify-between gap-2">
                <span>
                  {formatMoney(expense.amount)} · {expense.description}
                </span>
                <StatusBadge status={expense.status} />
              </div>
              {expense.decision ? <p className="text-muted text-sm">{decisionSentence(expense)}</p> : null}
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-muted">No expenses yet.</p>
      )}
      <Disclosure label="Submit an expense" tone="accent">
        <ActionForm action={submitExpenseForm} kind="quiet" submit="Submit expense">
          <TextField hint="For example 12.50" inputMode="decimal" label="Amount" name="amount" required />
          <SelectField defaultValue="EUR" label="Currency" name="currency">
            {EXPENSE_CURRENCIES.map((currency) => (
              <option key={currency}>{currency}</option>
            ))}
          </SelectField>
          <TextArea label="Description" maxLength={2000} name="description" required />
        </ActionForm>
      </Disclosure>
    </Card>
  );
}
