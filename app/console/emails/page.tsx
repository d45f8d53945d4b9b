import { Empty, PageContent, StatusBadge, Timestamp } from "@/app/ui/display";
import { TextField } from "@/app/ui/field";
import { Pager, SearchForm, Table } from "@/app/ui/list";
import { emailListSchema, listEmails } from "@/lib/email/list-emails";
import { consolePage } from "../console-page";

export const metadata = { title: "Emails" };

export default consolePage<"to" | "cursor">(async ({ to, cursor }) => {
  const query = emailListSchema.catch({ limit: 25 }).parse({ to: to || undefined, cursor: cursor || undefined });
  const { items, nextCursor } = await listEmails(query);
  return (
    <PageContent title="Emails">
      <SearchForm path="/console/emails">
        <TextField defaultValue={to} label="Recipient" name="to" type="search" />
      </SearchForm>
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
        rows={items}
        empty={
          <Empty title={to ? `No emails to ${to}` : "No emails yet"}>
            {to ? "Enter the full address." : "The first email is sent when a customer registers or orders."}
          </Empty>
        }
      />
      <Pager nextCursor={nextCursor} query={{ to }} />
    </PageContent>
  );
});
