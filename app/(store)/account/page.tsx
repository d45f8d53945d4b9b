import { signOut } from "@/app/(store)/auth-actions";
import type { PageQuery } from "@/app/page-props";
import { requireViewer } from "@/app/session";
import { ActionForm } from "@/app/ui/action-form";
import { AddressFields } from "@/app/ui/address-fields";
import { Button } from "@/app/ui/button";
import { Badge, Card, Progress } from "@/app/ui/display";
import { Checkbox, TextField } from "@/app/ui/field";
import { Link } from "@/app/ui/link";
import { type AccountView, viewAccount } from "@/lib/account/account";
import { hasRole } from "@/lib/auth/viewer";
import { OPTIONAL_CATEGORIES } from "@/lib/email/consent";
import { recordVisit } from "@/lib/onboarding/progress";
import { savePreferences, saveProfile } from "./actions";
import { ExpenseCard, OrdersCard, SignInCard, SubscriptionCard } from "./cards";

export const metadata = { title: "Your account" };

export default async function AccountPage({ searchParams }: PageQuery<"cursor">) {
  const user = await requireViewer();
  const { cursor } = await searchParams;
  await recordVisit(user.id);
  const account = await viewAccount(user.id);
  return (
    <div className="grid gap-6">
      <header className="flex flex-wrap items-center justify-between gap-4">
        <div>
          <h1>Hello, {account.name}</h1>
          <p className="text-muted">{account.email}</p>
        </div>
        <div className="flex flex-wrap gap-3">
          {hasRole(user, "manager") ? (
            <Link className="inline-flex min-h-11 items-center underline" href="/console">
              Go to console
            </Link>
          ) : null}
          <form action={signOut}>
            <Button kind="quiet" type="submit">
              Sign out
            </Button>
          </form>
        </div>
      </header>
      <Onboarding {...account.onboarding} />
      <OrdersCard cursor={cursor} userId={user.id} />
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Card title="Profile">
          <ActionForm action={saveProfile} submit="Save profile">
            <Profile {...account} />
          </ActionForm>
        </Card>
        <div className="grid gap-6">
          <Card title="Emails">
            <p className="text-muted text-sm">We always send emails about your orders.</p>
            <ActionForm action={savePreferences} kind="quiet" submit="Save preferences">
              <fieldset className="grid gap-1">
                <legend className="sr-only">Email preferences</legend>
                {Object.entries(OPTIONAL_CATEGORIES).map(([category, label]) => (
                  <Checkbox
                    defaultChecked={account.preferences[category as keyof typeof OPTIONAL_CATEGORIES]}
                    key={category}
                    label={label}
                    name={category}
                  />
                ))}
              </fieldset>
            </ActionForm>
          </Card>
          <SignInCard />
          <SubscriptionCard userId={user.id} />
          <ExpenseCard isEmployee={hasRole(user, "manager")} userId={user.id} />
        </div>
      </div>
    </div>
  );
}

function Onboarding({ profile, firstVisit, firstOrder }: AccountView["onboarding"]) {
  const steps = [
    { done: firstVisit, completed: "Visited the shop", open: "Visit the shop" },
    { done: profile, completed: "Completed your profile", open: "Complete your profile" },
    { done: firstOrder, completed: "Placed your first order", open: "Place your first order" },
  ];
  const count = steps.filter(({ done }) => done).length;
  if (count === steps.length) return null;
  return (
    <Card title="Getting started">
      <Progress label="Completed steps" max={steps.length} value={count} />
      <ul className="flex flex-wrap gap-2">
        {steps.map(({ done, completed, open }) => (
          <li key={completed}>
            <Badge tone={done ? "good" : "neutral"}>{done ? `✓ ${completed}` : open}</Badge>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Profile({ name, phone, address }: AccountView) {
  return (
    <>
      <TextField autoComplete="name" defaultValue={name} label="Name" maxLength={200} name="name" required />
      <TextField autoComplete="tel" defaultValue={phone ?? ""} label="Phone" maxLength={40} name="phone" type="tel" />
      <AddressFields address={address} />
    </>
  );
}
