import { cache } from "react";
import { consolePage, recordTitle } from "@/app/console/console-page";
import { Breakable } from "@/app/ui/breakable";
import { Copyable } from "@/app/ui/copyable";
import { Card, PageContent, StatusBadge } from "@/app/ui/display";
import { TextLink } from "@/app/ui/link";
import { Table } from "@/app/ui/list";
import { Timestamp } from "@/app/ui/timestamp";
import { inspectCustomer } from "@/lib/account/inspect-customer";
import { hasRole } from "@/lib/auth/viewer";
import { formatMoney } from "@/lib/money";
import { newestNotes } from "@/lib/notes";
import { listOrders } from "@/lib/orders/list-orders";
import { Notes } from "../../notes";
import { note } from "../actions";
import { Addresses, Consent, PayoutAccount, RoleCard, SubscriptionCard } from "./sections";

const load = cache(inspectCustomer);

export const generateMetadata = recordTitle<"id">(async ({ id }) => (await load(id)).name);

export default consolePage<never, "id">(async ({ id }, operator) => {
  const user = await load(id);
  const [notes, orders] = await Promise.all([
    newestNotes({ userId: id }),
    listOrders({ limit: 10 }, { email: user.email }),
  ]);
  const emailQuery = encodeURIComponent(user.email);
  const admin = hasRole(operator, "admin");
  return (
    <PageContent trail={[{ href: "/console/customers", label: "Customers" }]} title={user.name}>
      <div className="grid items-start gap-6 *:min-w-0 xl:grid-cols-[1fr_22rem]">
        <div className="grid gap-6 *:min-w-0">
          <Card>
            <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 wrap-anywhere [&>dt]:text-muted">
              <dt>Email</dt>
              <dd>
                <Copyable label="email address" text={user.email}>
                  <Breakable text={user.email} />
                </Copyable>
              </dd>
              <dt>Id</dt>
              <dd>
                <Copyable label="customer id" text={id}>
                  <code>{id}</code>
                </Copyable>
              </dd>
              <dt>Phone</dt>
              <dd>{user.phone ?? "—"}</dd>
              <dt>Spend</dt>
              <dd className="font-medium tabular-nums">
                {user.spend.length > 0 ? user.spend.map(formatMoney).join(" + ") : "Nothing yet"}
              </dd>
              <dt>Orders</dt>
              <dd>
                <TextLink href={`/console/orders?q=${emailQuery}`}>{user.orders}</TextLink>
              </dd>
              <dt>Emails</dt>
              <dd>
                <TextLink href={`/console/emails?to=${emailQuery}`}>View emails</TextLink>
              </dd>
              <dt>Registered</dt>
              <dd>
                <Timestamp at={user.createdAt} />
              </dd>
              <dt>Last seen</dt>
              <dd>
                <Timestamp at={user.lastSeenAt} />
              </dd>
            </dl>
          </Card>
          <Table
            title="Orders"
            columns={(column) => [
              column("Order", ({ id, number }) => <TextLink href={`/console/orders/${id}`}>{number}</TextLink>),
              column("Status", ({ status }) => <StatusBadge status={status} />),
              column("Total", ({ total }) => formatMoney(total)),
              column("Placed", ({ createdAt }) => <Timestamp at={createdAt} />),
            ]}
            rows={orders.items}
            empty={<p className="text-muted">No orders yet.</p>}
          />
          <Notes action={note} hidden={{ id }} notes={notes} />
        </div>
        <div className="grid gap-6 *:min-w-0">
          <Addresses {...user} />
          <Consent {...user} />
          <SubscriptionCard userId={id} />
          <RoleCard changeable={admin} id={id} role={user.role} />
          <PayoutAccount changeable={admin} userId={id} />
        </div>
      </div>
    </PageContent>
  );
});
