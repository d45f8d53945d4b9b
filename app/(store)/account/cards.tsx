import { randomUUID } from "node:crypto";
import { changeEmail, changePassword, deleteAccount } from "@/app/(store)/auth-actions";
import { Payment } from "@/app/(store)/checkout/payment-choice";
import { STATUS } from "@/app/(store)/orders/[id]/status-text";
import { orNotFound } from "@/app/page-props";
import { ActionForm } from "@/app/ui/action-form";
import { DisclosedForm } from "@/app/ui/disclosed-form";
import { Badge, Card, StatusBadge } from "@/app/ui/display";
import { EmailField, NewPasswordField, SelectField, TextArea, TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { Pager } from "@/app/ui/list-links";
import { LocalTime } from "@/app/ui/timestamp";
import { listPlans, type SubscriptionView, viewSubscription } from "@/lib/billing/view-subscription";
import { storeEnv } from "@/lib/env";
import { EXPENSE_CURRENCIES } from "@/lib/expenses/request";
import { decisionSentence, listExpenses } from "@/lib/expenses/view-expense";
import { inWords } from "@/lib/in-words";
import { formatMoney } from "@/lib/money";
import { countOwnOrders, listOwnOrders } from "@/lib/orders/list-orders";
import { endSubscription, saveCard, startSubscription, submitExpenseForm } from "./actions";

/** The password and the address of an account, and its end. */
export function SignInCard() {
  return (
    <Card className="grid gap-3" title="Sign-in">
      <DisclosedForm action={changePassword} label="Change your password" submit="Change password">
        <TextField
          autoComplete="current-password"
          label="Current password"
          name="currentPassword"
          required
          type="password"
        />
        <NewPasswordField label="New password" />
      </DisclosedForm>
      <DisclosedForm action={changeEmail} label="Change your address" submit="Change address">
        <EmailField label="New address" name="newEmail" />
      </DisclosedForm>
      <DisclosedForm
        action={deleteAccount}
        label="Delete your account"
        question="Your subscription ends at once, without a refund. We store your orders as long as the law demands."
        submit="Delete account"
        tone="bad"
      >
        <TextField
          autoComplete="current-password"
          id="delete-password"
          label="Your password"
          name="password"
          required
          type="password"
        />
      </DisclosedForm>
    </Card>
  );
}

/** The orders of a user, newest first. */
export async function OrdersCard({ userId, cursor }: { userId: string; cursor?: string }) {
  const [{ items, nextCursor }, rows] = await Promise.all([
    orNotFound(listOwnOrders({ limit: 10, cursor }, userId)),
    countOwnOrders(userId),
  ]);
  return (
    <Card title="Orders">
      {items.length === 0 ? (
        <p className="text-muted">
          You have no orders yet. <TextLink href="/">Browse products</TextLink>
        </p>
      ) : null}
      <ul className="divide-y divide-line">
        {items.map((order) => (
          <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-3" key={order.id}>
            <TextLink className="font-medium" href={`/orders/${order.id}`}>
              Order {order.number}
            </TextLink>
            <Badge tone={STATUS[order.status].tone}>{STATUS[order.status].label}</Badge>
            <span className="text-muted text-sm">
              <LocalTime at={order.createdAt} />
            </span>
            <span className="ml-auto tabular-nums">{formatMoney(order.total)}</span>
          </li>
        ))}
      </ul>
      <Pager nextCursor={nextCursor} rows={rows} shown={items.length} />
    </Card>
  );
}

/** The subscription of a user: its plan, its card, and its end. */
export async function SubscriptionCard({ userId }: { userId: string }) {
  const [subscription, plans] = await Promise.all([viewSubscription(userId), listPlans()]);
  const active = subscription && subscription.status !== "cancelled" ? subscription : null;
  const [first] = plans.items;
  return (
    <Card title="Subscription">
      {active ? <ActiveSubscription subscription={active} /> : null}
      {!active && first ? (
        <ActionForm action={startSubscription} submit="Subscribe">
          <SelectField label="Plan" name="planId">
            {plans.items.map((plan) => (
              <option key={plan.id} value={plan.id}>
                {plan.name}, {formatMoney(plan.price)} a {plan.interval}
              </option>
            ))}
          </SelectField>
          <Payment total={first.price} />
        </ActionForm>
      ) : null}
      {!active && !first ? <p className="text-muted">No plans are available.</p> : null}
    </Card>
  );
}

function ActiveSubscription({ subscription }: { subscription: SubscriptionView }) {
  const { plan, price, interval, status, renewsAt, cancelAtPeriodEnd } = subscription;
  return (
    <>
      <p className="flex flex-wrap items-center gap-3">
        <span className="font-medium">{plan.name}</span>
        <span className="tabular-nums">
          {formatMoney(price)} a {interval}
        </span>
        <Badge tone={status === "active" ? "good" : "warn"}>{inWords(status)}</Badge>
      </p>
      <p className="text-muted text-sm">
        {cancelAtPeriodEnd ? "Ends " : "Renews "}
        <LocalTime at={renewsAt} />
      </p>
      <DisclosedForm
        action={saveCard}
        label="Change card"
        question="The next charge uses this card."
        submit="Save card"
      >
        <Payment total={price} />
      </DisclosedForm>
      {cancelAtPeriodEnd ? null : (
        <DisclosedForm
          action={endSubscription}
          label="Cancel subscription"
          question="The subscription stays active until the end of the paid period. You are not charged again."
          submit="Yes, cancel subscription"
          tone="bad"
        />
      )}
    </>
  );
}

/** The latest expenses of an employee, and a form to submit one. A customer who has submitted none does not see it. */
export async function ExpenseCard({ userId, isEmployee }: { userId: string; isEmployee: boolean }) {
  const { items } = await listExpenses({ limit: 5 }, userId);
  if (!isEmployee && items.length === 0) return null;
  return (
    <Card title="Expenses">
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
              {expense.decision ? (
                <p className="text-muted text-sm">
                  {decisionSentence(expense)} <LocalTime at={expense.decision.at} />
                </p>
              ) : null}
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-muted">No expenses yet.</p>
      )}
      <DisclosedForm
        action={submitExpenseForm}
        hidden={{ key: randomUUID() }}
        label="Submit an expense"
        submit="Submit expense"
        tone="accent"
      >
        <TextField hint="For example 12.50" inputMode="decimal" label="Amount" name="amount" required />
        <SelectField defaultValue={storeEnv().STORE_CURRENCY} label="Currency" name="currency">
          {EXPENSE_CURRENCIES.map((currency) => (
            <option key={currency}>{currency}</option>
          ))}
        </SelectField>
        <TextArea label="Description" maxLength={2000} name="description" required />
      </DisclosedForm>
    </Card>
  );
}
