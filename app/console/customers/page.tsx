import type { PageQuery } from "@/app/page-props";
import { requireOperator } from "@/app/session";
import { Button } from "@/app/ui/button";
import { TextField } from "@/app/ui/field";
import { Figures } from "@/app/ui/figures";
import { TextLink } from "@/app/ui/link";
import { Pager } from "@/app/ui/pager";
import { Card, Empty } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { Timestamp } from "@/app/ui/timestamp";
import { ago, DAY, now } from "@/lib/clock";
import { onboardingFunnel } from "@/lib/onboarding/funnel";
import { customerQuerySchema, findCustomers } from "@/lib/search/find-customers";

export const metadata = { title: "Customers" };

export default async function CustomersPage({ searchParams }: PageQuery<"q" | "cursor">) {
  await requireOperator();
  const { q = "", cursor } = await searchParams;
  const query = customerQuerySchema.catch({ q: "", limit: 20 }).parse({ q, ...(cursor && { cursor }) });
  const [{ items, nextCursor }, funnel] = await Promise.all([
    findCustomers(query),
    onboardingFunnel(ago(30 * DAY), now()),
  ]);
  return (
    <div className="grid gap-6">
      <h1>Customers</h1>
      <Card>
        <h2 className="mb-3">Registrations in the last 30 days</h2>
        <Figures
          figures={{
            Registered: funnel.registered,
            "Visited the shop": funnel.firstVisit,
            "Completed profile": funnel.profile,
            Ordered: funnel.firstOrder,
          }}
        />
      </Card>
      <search>
        <form action="/console/customers" className="flex flex-wrap items-end gap-3">
          <TextField defaultValue={q} label="Name or email" name="q" type="search" />
          <Button kind="quiet" type="submit">
            Search
          </Button>
        </form>
      </search>
      <Table
        caption="Customers"
        columns={(column) => [
          column("Name", ({ id, name }) => <TextLink href={`/console/customers/${id}`}>{name}</TextLink>),
          column("Email", ({ email }) => email),
          column("Role", ({ role }) => role),
          column("Orders", ({ email, orders }) => (
            <TextLink href={`/console/orders?q=${encodeURIComponent(email)}`}>{orders}</TextLink>
          )),
          column("Registered (UTC)", ({ createdAt }) => <Timestamp at={createdAt} />),
        ]}
        keyOf={({ id }) => id}
        rows={items}
        empty={
          <Empty title="No customers found">Search for a part of the name or email. Small typos are tolerated.</Empty>
        }
      />
      <Pager nextCursor={nextCursor} query={{ q }} />
    </div>
  );
}
