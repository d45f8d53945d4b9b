import type { Metadata } from "next";
import { orNotFound } from "@/app/or-not-found";
import { requireOperator } from "@/app/session";
import { Link } from "@/app/ui/link";
import { Card } from "@/app/ui/surface";
import { Timestamp } from "@/app/ui/timestamp";
import { inspectUser } from "@/lib/account/inspect-user";
import { hasRole } from "@/lib/auth/viewer";
import { PayoutAccount } from "./payout-account";

export const metadata: Metadata = { title: "Customer" };

export default async function CustomerPage({ params }: { params: Promise<{ id: string }> }) {
  const operator = await requireOperator();
  const user = await orNotFound(inspectUser((await params).id));
  const ofTheirs = encodeURIComponent(user.email);
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
            <Link className="text-accent underline" href={`/console/orders?q=${ofTheirs}`}>
              {user.orders}
            </Link>
          </dd>
          <dt>Emails</dt>
          <dd>
            <Link className="text-accent underline" href={`/console/emails?to=${ofTheirs}`}>
              View emails
            </Link>
          </dd>
        </dl>
      </Card>
      <PayoutAccount changeable={hasRole(operator, "admin")} userId={user.id} />
    </div>
  );
}
