import { setAccount } from "@/app/console/customers/actions";
import { ActionForm } from "@/app/ui/action-form";
import { TextField } from "@/app/ui/field";
import { Card } from "@/app/ui/surface";
import { When } from "@/app/ui/timestamp";
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
            Approved expenses are paid to <code className="wrap-anywhere">{account}</code>, set <When at={setAt} />.
          </>
        ) : (
          "None of their own: approved expenses go to the shop's account for expenses, or wait in the manual queue where it has none."
        )}
      </p>
      {changeable ? (
        <ActionForm action={setAccount} kind="quiet" submit="Save the account">
          <input name="id" type="hidden" value={userId} />
          <TextField
            autoComplete="off"
            defaultValue={account ?? ""}
            hint="A connected account at Stripe, acct_…; left empty, the shop's account for expenses is used."
            label="Account"
            maxLength={255}
            name="account"
          />
        </ActionForm>
      ) : (
        <p className="text-muted text-sm">An admin can change it.</p>
      )}
    </Card>
  );
}
