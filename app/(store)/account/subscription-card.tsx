import { Payment } from "@/app/(store)/checkout/payment-choice";
import { ActionForm } from "@/app/ui/action-form";
import { Ask } from "@/app/ui/disclosure";
import { SelectField } from "@/app/ui/field";
import { LocalTime } from "@/app/ui/local-time";
import { Badge, Card } from "@/app/ui/surface";
import { listPlans } from "@/lib/billing/plans";
import { type SubscriptionView, viewSubscription } from "@/lib/billing/view-subscription";
import { formatMoney } from "@/lib/money";
import { endSubscription, saveCard, startSubscription } from "./actions";

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
      <Ask label="Change card" tone="ink" question="The next charge uses this card.">
        <ActionForm action={saveCard} kind="quiet" submit="Save card">
          <Payment total={price} />
        </ActionForm>
      </Ask>
      {cancelAtPeriodEnd ? null : (
        <Ask
          label="Cancel subscription"
          question="The subscription stays active until the end of the paid period. You are not charged again."
        >
          <ActionForm action={endSubscription} kind="danger" submit="Yes, cancel subscription" />
        </Ask>
      )}
    </>
  );
}
