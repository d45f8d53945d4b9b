import type { PageQuery } from "@/app/page-props";
import { requireOperator } from "@/app/session";
import { Button } from "@/app/ui/button";
import { TextField } from "@/app/ui/field";
import { Pager } from "@/app/ui/pager";
import { StatusBadge } from "@/app/ui/status-badge";
import { Empty } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { Timestamp } from "@/app/ui/timestamp";
import { emailListSchema, listEmails } from "@/lib/email/list-emails";

export const metadata = { title: "Emails" };

export default async function EmailsPage({ searchParams }: PageQuery<"to" | "cursor">) {
  await requireOperator();
  const { to, cursor } = await searchParams;
  const { items, nextCursor } = await listEmails(
    emailListSchema.catch({ limit: 25 }).parse({ ...(to && { to }), ...(cursor && { cursor }) }),
  );
  return (
    <div className="grid gap-6">
      <h1>Emails</h1>
      <search>
        <form action="/console/emails" className="flex flex-wrap items-end gap-3">
          <TextField defaultValue={to} label="Recipient" name="to" type="search" />
          <Button kind="quiet" type="submit">
            Show
          </Button>
        </form>
      </search>
      <Table
        caption="Emails, newest first"
        columns={(column) => [
          column("Email", ({ subject, error }) => (
            <>
              {subject}
              {error ? <p className="text-bad">{error}</p> : null}
            </>
          )),
          column("To", ({ to }) => to),
          column("Status", ({ status, lastEvent }) => (
            <StatusBadge status={lastEvent?.replace("email.", "") ?? status} />
          )),
          column("Created (UTC)", ({ createdAt }) => <Timestamp at={createdAt} />),
        ]}
        keyOf={({ id }) => id}
        rows={items}
        empty={
          <Empty title={to ? `No emails to ${to}` : "No emails yet"}>
            {to ? "Enter the full address." : "The first email is sent when a customer registers or orders."}
          </Empty>
        }
      />
      <Pager nextCursor={nextCursor} query={{ to }} />
    </div>
  );
}
