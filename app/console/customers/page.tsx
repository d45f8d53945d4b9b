import type { Metadata } from "next";
import Link from "next/link";
import { requireOperator } from "@/app/session";
import { Button } from "@/app/ui/button";
import { TextField } from "@/app/ui/field";
import { Pager } from "@/app/ui/pager";
import { Card, Empty } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { When } from "@/app/ui/when";
import { ago, DAY, now } from "@/lib/clock";
import { onboardingFunnel } from "@/lib/onboarding/funnel";
import { customerQuerySchema } from "@/lib/search/customer-query";
import { search } from "@/lib/search/search";

export const metadata: Metadata = { title: "Customers" };

export default async function CustomersPage({
  searchParams,
}: {
  searchParams: Promise<{ q?: string; cursor?: string }>;
}) {
  await requireOperator("/console/customers");
  const { q = "", cursor } = await searchParams;
  const wanted = customerQuerySchema.catch({ q: "", limit: 20 }).parse({ q, ...(cursor && { cursor }) });
  const [{ items, nextCursor }, funnel] = await Promise.all([
    search().customers(wanted),
    onboardingFunnel(ago(30 * DAY), now()),
  ]);
  return (
    <div className="grid gap-6">
      <h1>Customers</h1>
      <Card>
        <h2 className="mb-3">Who registered in the last 30 days</h2>
        <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
          {Object.entries({
            Registered: funnel.registered,
            "Looked around": funnel.firstVisit,
            "Filled in the profile": funnel.profile,
            Ordered: funnel.firstOrder,
          }).map(([label, count]) => (
            <div key={label}>
              <dt className="text-muted text-sm">{label}</dt>
              <dd className="font-semibold text-xl tabular-nums">{count}</dd>
            </div>
          ))}
        </dl>
      </Card>
      <search>
        <form action="/console/customers" className="flex flex-wrap items-end gap-3">
          <TextField defaultValue={q} label="Name or e-mail" name="q" type="search" />
          <Button kind="quiet" type="submit">
            Search
          </Button>
        </form>
      </search>
      {items.length === 0 ? (
        <Empty title="Nobody is called that." />
      ) : (
        <Table
          caption="Customers"
          columns={[
            { head: "Name", cell: ({ name }) => name, className: "font-medium" },
            {
              head: "E-mail",
              cell: ({ email }) => (
                <Link className="text-accent underline" href={`/console/orders?q=${encodeURIComponent(email)}`}>
                  {email}
                </Link>
              ),
            },
            { head: "Role", cell: ({ role }) => role },
            { head: "Orders", cell: ({ orders }) => orders, className: "tabular-nums" },
            { head: "Since (UTC)", cell: ({ createdAt }) => <When at={createdAt} /> },
          ]}
          keyOf={({ id }) => id}
          rows={items}
        />
      )}
      <Pager nextCursor={nextCursor} query={{ q }} />
    </div>
  );
}
