import { ButtonLink } from "@/app/ui/button";
import { Empty, Message, PageContent, StatusBadge, Timestamp } from "@/app/ui/display";
import { TextLink } from "@/app/ui/link";
import { NumberedPager, Table } from "@/app/ui/list";
import { LiveConsole } from "@/app/ui/live-progress";
import { formatMoney } from "@/lib/money";
import { findOrders, orderTableSchema } from "@/lib/orders/list-orders";
import { consolePage } from "../console-page";
import { type OrderQuery, OrdersFilter } from "./filter";

export const metadata = { title: "Orders" };

export default consolePage<keyof OrderQuery>(async (parameters) => {
  // A field that is left empty is no filter.
  const given = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ""));
  const { sort, page, ...filter } = given;
  const parsed = orderTableSchema.safeParse(given);
  const orders = parsed.success ? await findOrders(parsed.data) : null;
  const filtered = Object.keys(filter).length > 0;
  return (
    <PageContent
      title="Orders"
      beside={
        <ButtonLink
          className="ml-auto"
          href={{ pathname: "/api/admin/exports/orders.csv", query: { ...filter, bom: "true" } }}
          kind="quiet"
          prefetch={false}
        >
          {filtered ? "Export these as CSV" : "Export as CSV"}
        </ButtonLink>
      }
    >
      <LiveConsole topic="orders" />
      <OrdersFilter query={given} />
      {orders ? (
        <>
          <Table
            caption="Orders"
            columns={(column) => [
              column("Order", ({ id, number }) => <TextLink href={`/console/orders/${id}`}>{number}</TextLink>),
              column("Status", ({ status }) => <StatusBadge status={status} />),
              column("Customer", ({ email, name }) => (
                <>
                  {email}
                  {name ? <span className="block text-muted">{name}</span> : null}
                </>
              )),
              column("Total", ({ total }) => formatMoney(total)),
              column("Placed (UTC)", ({ createdAt }) => <Timestamp at={createdAt} />),
            ]}
            rows={orders.items}
            empty={
              filtered || page ? (
                <Empty title="No orders match this filter.">
                  <TextLink href="/console/orders">See all orders</TextLink>
                </Empty>
              ) : (
                <Empty title="No orders yet">The first order appears here after a checkout.</Empty>
              )
            }
          />
          <NumberedPager list={orders} query={{ ...filter, sort }} />
        </>
      ) : (
        <Message title="This filter cannot be used." tone="bad">
          Amounts are such as 12.50, and dates such as 2026-01-31.{" "}
          <TextLink href="/console/orders">See all orders</TextLink>
        </Message>
      )}
    </PageContent>
  );
});
