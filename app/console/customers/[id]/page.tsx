import { savePayoutAccount } from "@/app/console/actions";
import { consolePage } from "@/app/console/console-page";
import { ActionForm } from "@/app/ui/action-form";
import { Card, PageContent, Timestamp } from "@/app/ui/display";
import { TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { inspectUser } from "@/lib/account/account";
import { hasRole } from "@/lib/auth/viewer";
import { viewPayoutAccount } from "@/lib/payouts/payout-account";

export const metadata = { title: "Customer" };

export default consolePage<never, "id">(async ({ id }, operator) => {
  const user = await inspectUser(id);
  const emailQuery = encodeURIComponent(user.email);
  return (
    <PageContent title={user.name} className="max-w-3xl">
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
    </PageContent>
  );
});

/** The account for the approved expenses of a user. Only admins can change it. */
async function PayoutAccount({ userId, changeable }: { userId: string; changeable: boolean }) {
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
