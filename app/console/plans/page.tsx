import { randomUUID } from "node:crypto";
import { Copyable } from "@/app/ui/copyable";
import { DisclosedForm } from "@/app/ui/disclosed-form";
import { Badge, Empty, PageContent } from "@/app/ui/display";
import { SelectField, TextField } from "@/app/ui/field";
import { StatusTabs, Table } from "@/app/ui/list";
import { Pager } from "@/app/ui/list-links";
import { Timestamp } from "@/app/ui/timestamp";
import { countPlans, listManagedPlans, type ManagedPlan, planQuerySchema } from "@/lib/billing/manage-plans";
import { formatMoney } from "@/lib/money";
import { consolePage } from "../console-page";
import { Price } from "../products/price";
import { change, create, setActive } from "./actions";

export const metadata = { title: "Plans" };

const TABS = { all: "All", active: "Active", inactive: "Inactive" };

export default consolePage<"status" | "cursor">(async ({ status, cursor }) => {
  const query = planQuerySchema
    .catch({ limit: 20 })
    .parse({ limit: "20", status: status || undefined, cursor: cursor || undefined });
  const [{ items, nextCursor }, rows] = await Promise.all([listManagedPlans(query), countPlans(query)]);
  return (
    <PageContent title="Plans">
      <DisclosedForm
        action={create}
        hidden={{ key: randomUUID() }}
        label="Create a plan"
        submit="Create plan"
        tone="accent"
      >
        <TextField id="new-name" label="Name" maxLength={200} name="name" required />
        <TextField id="new-description" label="Description (optional)" maxLength={2_000} name="description" />
        <Price id="new" />
        <SelectField
          hint="The price and the interval cannot be changed later"
          label="Charged every"
          name="interval"
          options={{ month: "Month", year: "Year" }}
        />
        <TextField
          hint="For programs, such as plan_plus. A random one if it is empty"
          id="new-id"
          label="Id (optional)"
          maxLength={65}
          name="id"
        />
      </DisclosedForm>
      <StatusTabs current={query.status ?? "all"} labels={TABS} path="/console/plans" />
      <Table
        caption="Plans, newest first"
        columns={(column) => [
          column("Plan", ({ id, name, description, createdAt }) => (
            <>
              {name}
              <span className="block font-normal text-muted wrap-anywhere">{description}</span>
              <span className="block font-normal text-muted">
                <Copyable label={`the id of ${name}`} text={id}>
                  <code className="wrap-anywhere">{id}</code>
                </Copyable>
              </span>
              <span className="block font-normal text-muted">
                created <Timestamp at={createdAt} />
              </span>
            </>
          )),
          column("Price", ({ price, interval }) => (
            <span className="whitespace-nowrap">
              {formatMoney(price)} a {interval}
            </span>
          )),
          column("Status", ({ active }) => (
            <Badge tone={active ? "good" : "neutral"}>{active ? "Active" : "Inactive"}</Badge>
          )),
          column("Subscribers", ({ subscribers }) => subscribers),
          column("Action", PlanActions),
        ]}
        rowKey={({ id }) => id}
        rows={items}
        empty={
          <Empty title="No plans here">
            {status ? "Choose another status above." : "Create one above. Customers subscribe to it in their account."}
          </Empty>
        }
      />
      <Pager nextCursor={nextCursor} rows={rows} shown={items.length} />
    </PageContent>
  );
});

function PlanActions({ id, name, description, active, subscribers }: ManagedPlan) {
  return (
    <div className="grid justify-items-start gap-2">
      <DisclosedForm
        action={change}
        hidden={{ id, shown: JSON.stringify({ name, description }) }}
        label="Edit"
        submit="Save"
      >
        {/* The keys: each field has the value that `shown` has, also after a refresh of the page. */}
        <TextField
          defaultValue={name}
          id={`name-${id}`}
          key={`name ${name}`}
          label="Name"
          maxLength={200}
          name="name"
          required
        />
        <TextField
          defaultValue={description}
          id={`description-${id}`}
          key={`description ${description}`}
          label="Description (optional)"
          maxLength={2_000}
          name="description"
        />
      </DisclosedForm>
      <DisclosedForm
        action={setActive}
        hidden={{ id, active: String(!active) }}
        label={active ? "Deactivate" : "Activate"}
        question={
          active
            ? `No customer can subscribe to ${name} any more. Its subscriptions (${subscribers}) go on. You can activate it again.`
            : `Customers can subscribe to ${name} in their account.`
        }
        submit={active ? "Yes, deactivate it" : "Yes, activate it"}
        tone={active ? "bad" : "ink"}
      />
    </div>
  );
}
