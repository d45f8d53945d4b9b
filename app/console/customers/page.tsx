import { Breakable } from "@/app/ui/breakable";
import { Card, Empty, Figures, PageContent } from "@/app/ui/display";
import { SelectField, TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { SearchForm, Table } from "@/app/ui/list";
import { Pager } from "@/app/ui/list-links";
import { Timestamp } from "@/app/ui/timestamp";
import { ago, DAY, now } from "@/lib/clock";
import { onboardingFunnel } from "@/lib/onboarding/progress";
import { customerQuerySchema, findAndCountCustomers } from "@/lib/search/find-customers";
import { consolePage } from "../console-page";

export const metadata = { title: "Customers" };

const ROLES = { "": "All", customer: "Customers", manager: "Managers", admin: "Admins" };

export default consolePage<"q" | "role" | "cursor">(async ({ q = "", role, cursor }) => {
  const query = customerQuerySchema
    .catch({ q: "", limit: 20 })
    .parse({ q, role: role || undefined, cursor: cursor || undefined });
  const [{ page, rows }, funnel] = await Promise.all([
    findAndCountCustomers(query),
    onboardingFunnel(ago(30 * DAY), now()),
  ]);
  return (
    <PageContent title="Customers">
      <Card
        title={
          funnel.more
            ? `The newest ${funnel.registered.toLocaleString("en")} registrations`
            : "Registrations in the last 30 days"
        }
      >
        <Figures
          figures={{
            Registered: funnel.registered,
            "Visited the shop": funnel.firstVisit,
            "Completed profile": funnel.profile,
            Ordered: funnel.firstOrder,
          }}
        />
      </Card>
      <SearchForm path="/console/customers" submit="Search">
        <TextField defaultValue={q} label="Name or email" name="q" type="search" />
        <SelectField defaultValue={query.role ?? ""} label="Role" name="role" options={ROLES} />
      </SearchForm>
      <Table
        caption="Customers"
        columns={(column) => [
          column("Name", ({ id, name }) => <TextLink href={`/console/customers/${id}`}>{name}</TextLink>),
          column("Email", ({ email }) => <Breakable text={email} />),
          column("Role", ({ role }) => role),
          column("Orders", ({ email, orders }) => (
            <TextLink href={`/console/orders?q=${encodeURIComponent(email)}`}>{orders}</TextLink>
          )),
          column("Registered", ({ createdAt }) => <Timestamp at={createdAt} />),
        ]}
        rows={page.items}
        empty={
          <Empty title="No customers found">Search for a part of the name or email. Small typos are tolerated.</Empty>
        }
      />
      <Pager nextCursor={page.nextCursor} rows={rows} shown={page.items.length} />
    </PageContent>
  );
});
