import { changeEmail, changePassword, deleteAccount } from "@/app/(store)/auth-actions";
import { Payment } from "@/app/(store)/checkout/payment-choice";
import { STATUS } from "@/app/(store)/orders/[id]/status-text";
import { ActionForm } from "@/app/ui/action-form";
import { Disclosure } from "@/app/ui/disclosure";
import { NewPasswordField, SelectField, TextArea, TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { LocalTime } from "@/app/ui/local-time";
import { Pager } from "@/app/ui/pager";
import { StatusBadge } from "@/app/ui/status-badge";
import { Badge, Card } from "@/app/ui/surface";
import { listPlans } from "@/lib/billing/plans";
import { type SubscriptionView, viewSubscription } from "@/lib/billing/view-subscription";
import { decisionSentence } from "@/lib/expenses/decision-sentence";
import { EXPENSE_CURRENCIES } from "@/lib/expenses/request";
import { listExpenses } from "@/lib/expenses/view-expense";
import { formatMoney } from "@/lib/money";
import { listOrders } from "@/lib/orders/list-orders";
import { endSubscription, saveCard, startSubscription, submitExpenseForm } from "./actions";

/** The password and the address of an account, and its end. */
export function SignInCard() {
  return (
    <Card className="grid gap-3">
      <h2>Sign-in</h2>
      <Disclosure label="Change your password">
        <ActionForm action={changePassword} kind="quiet" submit="Change password">
          <TextField
            autoComplete="current-password"
            label="Current password"
            name="currentPassword"
            required
            type="password"
          />
          <NewPasswordField label="New password" />
        </ActionForm>
      </Disclosure>
      <Disclosure label="Change your address">
        <ActionForm action={changeEmail} kind="quiet" submit="Change address">
          <TextField autoComplete="email" label="New address" name="newEmail" required type="email" />
        </ActionForm>
      </Disclosure>
      <Disclosure
        label="Delete your account"
        question="Your subscription ends at once, without a refund. We store your orders as long as the law demands."
        tone="bad"
      >
        <ActionForm action={deleteAccount} kind="danger" submit="Delete account">
          <TextField
            autoComplete="current-password"
            id="delete-password"
            label="Your password"
            name="password"
            required
            type="password"
          />
        </ActionForm>
      </Disclosure>
    </Card>
  );
}

/** The orders of a user, newest first. */
export async function OrdersCard({ userId, cursor }: { userId: string; cursor?: string }) {
  const { items, nextCursor } = await listOrders({ limit: 10, cursor }, userId);
  return (
    <Card>
      <h2 className="mb-3">Orders</h2>
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
      <Pager nextCursor={nextCursor} />
    </Card>
  );
}

/** The subscription of a user: its plan, its card, and its end. */
export async function SubscriptionCard({ userId }: { userId: string }) {
  const [subscription, plans] = await Promise.all([viewSubscription(userId), listPlans()]);
  const active = subscription && subscription.status !== "cancelled" ? subscription : null;
  const [first] = plans.items;
  return (
    <Card className="grid gap-4">
      <h2>Subscription</h2>
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
        <Badge tone={status === "active" ? "good" : "warn"}>{status.replaceAll("_", " ")}</Badge>
      </p>
      <p className="text-muted text-sm">
        {cancelAtPeriodEnd ? "Ends " : "Renews "}
        <LocalTime at={renewsAt} />
      </p>
      <Disclosure label="Change card" question="The next charge uses this card.">
        <ActionForm action={saveCard} kind="quiet" submit="Save card">
          <Payment total={price} />
        </ActionForm>
      </Disclosure>
      {cancelAtPeriodEnd ? null : (
        <Disclosure
          label="Cancel subscription"
          question="The subscription stays active until the end of the paid period. You are not charged again."
          tone="bad"
        >
          <ActionForm action={endSubscription} kind="danger" submit="Yes, cancel subscription" />
        </Disclosure>
      )}
    </>
  );
}

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
