import { savePayoutAccount } from "@/app/console/actions";
import { Suppressions } from "@/app/console/suppressions";
import { ActionForm } from "@/app/ui/action-form";
import { DisclosedForm } from "@/app/ui/disclosed-form";
import { Card, StatusBadge } from "@/app/ui/display";
import { SelectField, TextField } from "@/app/ui/field";
import { Timestamp } from "@/app/ui/timestamp";
import type { inspectCustomer } from "@/lib/account/inspect-customer";
import { listRoleChanges } from "@/lib/auth/change-role";
import { viewSubscription } from "@/lib/billing/view-subscription";
import { OPTIONAL_CATEGORIES } from "@/lib/email/consent";
import { optionsOf } from "@/lib/in-words";
import { formatMoney } from "@/lib/money";
import { viewPayoutAccount } from "@/lib/payouts/payout-account";
import { Role, type Role as RoleName } from "@/prisma/generated/enums";
import { allowEmail, endSubscription, saveRole } from "../actions";

type Customer = Awaited<ReturnType<typeof inspectCustomer>>;

/** The addresses of the account and of recent orders. */
export function Addresses({ addresses }: Pick<Customer, "addresses">) {
  return (
    <Card title="Addresses">
      {addresses.length === 0 ? <p className="text-muted">No addresses yet.</p> : null}
      <ul className="grid gap-4 sm:grid-cols-2">
        {addresses.map((lines) => (
          <li key={lines.join("\n")}>
            <address className="not-italic wrap-anywhere">
              {lines.map((line) => (
                <p key={line}>{line}</p>
              ))}
            </address>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Which optional emails the customer gets. Only the customer changes that. An operator can end the suppression after a bounce. */
export function Consent({ id, consent, suppressed }: Pick<Customer, "id" | "consent" | "suppressed">) {
  return (
    <Card title="Email consent">
      <Suppressions action={allowEmail} hidden={{ id }} suppressed={suppressed} />
      <ul className="grid gap-1">
        {Object.entries(consent).map(([category, wanted]) => (
          <li className="flex justify-between gap-4" key={category}>
            <span>{OPTIONAL_CATEGORIES[category as keyof typeof OPTIONAL_CATEGORIES]}</span>
            <span className="whitespace-nowrap font-medium">{wanted ? "✓ yes" : "✗ no"}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** The subscription of a customer with its latest charges. A manager can cancel it when the customer asks for it. */
export async function SubscriptionCard({ userId }: { userId: string }) {
  const subscription = await viewSubscription(userId);
  if (!subscription) return null;
  const { plan, price, interval, status, renewsAt, cancelAtPeriodEnd, charges } = subscription;
  const live = status !== "cancelled";
  return (
    <Card title="Subscription">
      <p className="flex flex-wrap items-center gap-3">
        <span>
          {plan.name}, {formatMoney(price)} a {interval}
        </span>
        <StatusBadge status={status} />
      </p>
      {live ? (
        <p className="text-muted text-sm">
          {cancelAtPeriodEnd ? "Ends " : "Renews "}
          <Timestamp at={renewsAt} />
        </p>
      ) : null}
      <ul className="grid gap-1 text-sm">
        {charges.map(({ period, amount, status }) => (
          <li className="flex justify-between gap-4" key={period.start}>
            <Timestamp at={period.start} />
            <span className="tabular-nums">
              {formatMoney(amount)}, {status}
            </span>
          </li>
        ))}
      </ul>
      {live && !cancelAtPeriodEnd ? (
        <DisclosedForm
          action={endSubscription}
          hidden={{ id: userId }}
          label="Cancel subscription"
          question="Do this when the customer asks for it. The subscription ends with its paid period, or at once if that is not paid. The customer gets an email."
          submit="Yes, cancel subscription"
          tone="bad"
        />
      ) : null}
    </Card>
  );
}

/** The role of a user, and its changes. Only admins can change it. */
export async function RoleCard({ id, role, changeable }: { id: string; role: RoleName; changeable: boolean }) {
  const changes = await listRoleChanges(id);
  return (
    <Card title="Role">
      <p>{role}</p>
      {changes.length > 0 ? (
        <ul className="grid gap-1 text-muted text-sm">
          {changes.map(({ id, from, to, changedBy, at }) => (
            <li key={id}>
              From {from} to {to} by {changedBy}, <Timestamp at={at} />
            </li>
          ))}
        </ul>
      ) : null}
      {changeable ? (
        <DisclosedForm
          action={saveRole}
          hidden={{ id }}
          label="Change role"
          question="Managers can use the console. Admins can also change roles, payout accounts and API keys."
          submit="Save role"
        >
          <SelectField defaultValue={role} label="New role" name="role" options={optionsOf(Object.values(Role))} />
        </DisclosedForm>
      ) : (
        <p className="text-muted text-sm">Only an admin can change it.</p>
      )}
    </Card>
  );
}

/** The account for the approved expenses of a user. Only admins can change it. */
export async function PayoutAccount({ userId, changeable }: { userId: string; changeable: boolean }) {
  const { account, setAt } = await viewPayoutAccount(userId);
  return (
    <Card title="Payout account">
      <p>
        {account ? (
          <>
            Approved expenses are paid to <code className="wrap-anywhere">{account}</code>, set <Timestamp at={setAt} />
            .
          </>
        ) : (
          "No account set. Approved expenses are paid to the shop's expense account. Without that account, they wait in the manual queue."
        )}
      </p>
      {changeable ? (
        <ActionForm action={savePayoutAccount} hidden={{ id: userId }} kind="quiet" submit="Save account">
          <TextField
            autoComplete="off"
            defaultValue={account ?? ""}
            hint="A connected Stripe account (acct_…). Leave empty to use the shop's expense account."
            label="Account"
            maxLength={255}
            name="account"
          />
        </ActionForm>
      ) : (
        <p className="text-muted text-sm">Only an admin can change it.</p>
      )}
    </Card>
  );
}
