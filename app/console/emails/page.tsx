import { Breakable } from "@/app/ui/breakable";
import { Empty, PageContent, StatusBadge } from "@/app/ui/display";
import { SelectField, TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { SearchForm, Table } from "@/app/ui/list";
import { Pager } from "@/app/ui/list-links";
import { Timestamp } from "@/app/ui/timestamp";
import { EMAIL_STATES } from "@/lib/email/email-states";
import { countEmails, emailListSchema, LISTED_KINDS, listEmails } from "@/lib/email/list-emails";
import { inWords, optionsOf } from "@/lib/in-words";
import { consolePage } from "../console-page";

export const metadata = { title: "Emails" };

export default consolePage<"to" | "status" | "kind" | "cursor">(async ({ to, status, kind, cursor }) => {
  const filter = { status: status || undefined, kind: kind || undefined };
  const query = emailListSchema
    .catch({ limit: 25 })
    .parse({ limit: "25", q: to || undefined, cursor: cursor || undefined, ...filter });
  const [{ items, nextCursor }, rows] = await Promise.all([listEmails(query), countEmails(query)]);
  return (
    <PageContent title="Emails">
      <SearchForm path="/console/emails">
        <TextField defaultValue={to} label="Part of the recipient's address" name="to" type="search" />
        <SelectField
          defaultValue={status ?? ""}
          label="Status"
          name="status"
          options={{ "": "All", ...optionsOf(Object.values(EMAIL_STATES)) }}
        />
        <SelectField
          defaultValue={kind ?? ""}
          label="Kind"
          name="kind"
          options={{ "": "All", ...optionsOf(LISTED_KINDS.toSorted()) }}
        />
      </SearchForm>
      <Table
        caption="Emails, newest first"
        columns={(column) => [
          column("Email", ({ id, subject, error }) => (
            <>
              <TextLink href={`/console/emails/${encodeURIComponent(id)}`}>{subject}</TextLink>
              {error ? <p className="text-bad">{error}</p> : null}
            </>
          )),
          column("To", ({ to }) => <Breakable text={to} />),
          column("Kind", ({ kind }) => <span className="whitespace-nowrap">{inWords(kind)}</span>),
          column("Status", ({ status, lastEvent }) => (
            <StatusBadge status={lastEvent?.replace("email.", "") ?? status} />
          )),
          column("Created", ({ createdAt }) => <Timestamp at={createdAt} />),
        ]}
        rows={items}
        empty={
          <Empty title={to || status || kind ? "No emails match this filter" : "No emails yet"}>
            {to || status || kind ? (
              <TextLink href="/console/emails">See all emails</TextLink>
            ) : (
              "The first email is sent when a customer registers or orders."
            )}
          </Empty>
        }
      />
      <Pager nextCursor={nextCursor} rows={rows} shown={items.length} />
    </PageContent>
  );
});
