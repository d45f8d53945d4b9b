import { ButtonLink } from "@/app/ui/button";
import { Empty, PageContent, StatusBadge, Timestamp } from "@/app/ui/display";
import { SelectField, TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { Pager, SearchForm, Table } from "@/app/ui/list";
import { LiveConsole } from "@/app/ui/live-progress";
import { formatMoney } from "@/lib/money";
import { listOrders, orderListSchema } from "@/lib/orders/list-orders";
import { OrderStatus } from "@/prisma/generated/enums";
import { consolePage } from "../console-page";

export const metadata = { title: "Orders" };

/** A filter, not an order status: a paid order that waits for a manager is pending. */
const HELD = "held";

export default consolePage<"status" | "q" | "cursor">(async ({ status, q, cursor }) => {
  const query = orderListSchema.catch({ limit: 25 }).parse({
    ...(status === HELD ? { review: HELD } : { status: status || undefined }),
    ...{ q: q || undefined, cursor: cursor || undefined },
  });
  const { items, nextCursor } = await listOrders(query);
  return (
    <PageContent
      title="Orders"
      beside={
        <ButtonLink className="ml-auto" href="/api/admin/exports/orders.csv?bom=true" kind="quiet" prefetch={false}>
          Export as CSV
        </ButtonLink>
      }
    >
      <LiveConsole topic="orders" />
      <SearchForm path="/console/orders">
        <SelectField defaultValue={status ?? ""} label="Status" name="status">
          <option value="">All</option>
          {Object.values(OrderStatus).map((status) => (
            <option key={status} value={status}>
              {status.replaceAll("_", " ")}
            </option>
          ))}
          <option value={HELD}>held for review</option>
        </SelectField>
        <TextField defaultValue={q} label="Order number or email" name="q" type="search" />
      </SearchForm>
      <Table
        caption="Orders, newest first"
        columns={(column) => [
          column("Order", ({ id, number }) => <TextLink href={`/console/orders/${id}`}>{number}</TextLink>),
          column("Status", ({ status }) => <StatusBadge status={status} />),
          column("Customer", ({ email }) => email),
          column("Total", ({ total }) => formatMoney(total)),
          column("Placed (UTC)", ({ createdAt }) => <Timestamp at={createdAt} />),
        ]}
        rows={items}
        empty={
          status || q ? (
            <Empty title="No orders match this filter.">
              <TextLink href="/console/orders">See all orders</TextLink>
            </Empty>
          ) : (
            <Empty title="No orders yet">The first order appears here after a checkout.</Empty>
          )
        }
      />
      <Pager nextCursor={nextCursor} query={{ status, q }} />
    </PageContent>
  );
});
