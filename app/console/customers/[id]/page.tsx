import { savePayoutAccount } from "@/app/console/actions";
import { orNotFound } from "@/app/or-not-found";
import type { PageParams } from "@/app/page-props";
import { requireOperator } from "@/app/session";
import { ActionForm } from "@/app/ui/action-form";
import { TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { Card } from "@/app/ui/surface";
import { Timestamp } from "@/app/ui/timestamp";
import { inspectUser } from "@/lib/account/account";
import { hasRole } from "@/lib/auth/viewer";
import { viewPayoutAccount } from "@/lib/payouts/payout-account";

export const metadata = { title: "Customer" };

export default async function CustomerPage({ params }: PageParams<"id">) {
  const operator = await requireOperator();
  const user = await orNotFound(inspectUser((await params).id));
  const emailQuery = encodeURIComponent(user.email);
  return (
    <div className="grid max-w-3xl gap-6">
      <h1 className="wrap-anywhere">{user.name}</h1>
      <Card>
        <dl className="grid gap-x-6 gap-y-2 wrap-anywhere sm:grid-cols-[auto_1fr] [&>dt]:text-muted">
          <dt>Email</dt>
          <dd>{user.email}</dd>
          <dt>Role</dt>
          <dd>{user.role}</dd>
          <dt>Registered</dt>
          <dd>
            <Timestamp at={user.createdAt} />
          </dd>
          <dt>Orders</dt>
          <dd>
            <TextLink href={`/console/orders?q=${emailQuery}`}>{user.orders}</TextLink>
          </dd>
          <dt>Emails</dt>
          <dd>
            <TextLink href={`/console/emails?to=${emailQuery}`}>View emails</TextLink>
          </dd>
        </dl>
      </Card>
      <PayoutAccount changeable={hasRole(operator, "admin")} userId={user.id} />
    </div>
  );
}

/** The account for the approved expenses of a user. Only admins can change it. */
async function PayoutAccount({ userId, changeable }: { userId: string; changeable: boolean }) {
  const { account, setAt } = await viewPayoutAccount(userId);
  return (
    <Card className="grid gap-3">
      <h2>Payout account</h2>
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
