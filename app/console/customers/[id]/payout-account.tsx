import { setAccount } from "@/app/console/customers/actions";
import { ActionForm } from "@/app/ui/action-form";
import { TextField } from "@/app/ui/field";
import { Card } from "@/app/ui/surface";
import { Timestamp } from "@/app/ui/timestamp";
import { viewPayoutAccount } from "@/lib/payouts/payout-account";

/** Where a user's approved expenses are paid to; an admin can change it. */
export async function PayoutAccount({ userId, changeable }: { userId: string; changeable: boolean }) {
  const { account, setAt } = await viewPayoutAccount(userId);
  return (
    <Card className="grid gap-3">
      <h2>Payout account</h2>
      <p>
        {account ? (
          <>
            Approved expenses are paid to <code className="wrap-anywhere">{account}</code>, set <Timestamp at={setAt} />.
          </>
        ) : (
          "No account set. Approved expenses are paid to the shop's expense account. Without that account, they wait in the manual queue."
        )}
      </p>
      {changeable ? (
        <ActionForm action={setAccount} kind="quiet" submit="Save account">
          <input name="id" type="hidden" value={userId} />
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
