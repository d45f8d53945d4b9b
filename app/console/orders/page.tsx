import { randomUUID } from "node:crypto";
import { DownloadLink } from "@/app/ui/button";
import { Empty, Message, PageContent } from "@/app/ui/display";
import { TextLink } from "@/app/ui/link";
import { Table } from "@/app/ui/list";
import { NumberedPager } from "@/app/ui/list-links";
import { LiveConsole } from "@/app/ui/live-progress";
import { findOrders, orderTableSchema } from "@/lib/orders/list-orders";
import { lastCarrier } from "@/lib/shipping/view-shipment";
import { consolePage } from "../console-page";
import { OrdersBulk } from "./bulk";
import { chosenColumns, isColumn, orderColumns } from "./columns";
import { type OrderQuery, OrdersFilter } from "./filter";

export const metadata = { title: "Orders" };

export default consolePage<keyof OrderQuery>(async (parameters) => {
  // A field that is left empty is no filter.
  const given = Object.fromEntries(
    Object.entries(parameters).filter(([name, value]) => value !== "" && !isColumn(name)),
  );
  const { sort: _sort, page, ...filter } = given;
  const parsed = orderTableSchema.safeParse(given);
  const orders = parsed.success ? await findOrders(parsed.data) : null;
  const filtered = Object.keys(filter).length > 0;
  const chosen = chosenColumns(parameters);
  return (
    <PageContent
      title="Orders"
      beside={
        <DownloadLink
          className="ml-auto"
          href={`/api/admin/exports/orders.csv?${new URLSearchParams({ ...filter, bom: "true" })}`}
        >
          {filtered ? "Export these as CSV" : "Export as CSV"}
        </DownloadLink>
      }
    >
      <LiveConsole topic="orders" />
      <OrdersFilter chosen={chosen} query={given} />
      {orders && orders.items.length > 0 ? (
        <>
          <OrdersBulk
            carrier={await lastCarrier()}
            shipmentKey={randomUUID()}
            tags={[...new Set(orders.items.flatMap(({ tags }) => tags))].sort()}
          >
            <Table
              caption="Orders"
              columns={orderColumns(chosen, parsed.data?.sort ?? "newest")}
              rowKey={({ id }) => id}
              rows={orders.items}
            />
          </OrdersBulk>
          <NumberedPager more={orders.more} page={orders.page} size={orders.size} total={orders.total} />
        </>
      ) : null}
      {orders?.items.length === 0 ? (
        filtered || page ? (
          <Empty title="No orders match this filter.">
            <TextLink href="/console/orders">See all orders</TextLink>
          </Empty>
        ) : (
          <Empty title="No orders yet">The first order appears here after a checkout.</Empty>
        )
      ) : null}
      {orders ? null : (
        <Message title="This filter cannot be used." tone="bad">
          Amounts are such as 12.50, and dates such as 2026-01-31.{" "}
          <TextLink href="/console/orders">See all orders</TextLink>
        </Message>
      )}
    </PageContent>
  );
});
