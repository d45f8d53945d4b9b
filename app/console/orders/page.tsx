import type { PageQuery } from "@/app/page-props";
import { requireOperator } from "@/app/session";
import { Button, ButtonLink } from "@/app/ui/button";
import { SelectField, TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { Pager } from "@/app/ui/pager";
import { StatusBadge } from "@/app/ui/status-badge";
import { Empty } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { Timestamp } from "@/app/ui/timestamp";
import { formatMoney } from "@/lib/money";
import { listOrders, orderListSchema } from "@/lib/orders/list-orders";
import { OrderStatus } from "@/prisma/generated/enums";

export const metadata = { title: "Orders" };

/** A filter, not an order status: a paid order that waits for a manager is pending. */
const HELD = "held";

export default async function OrdersPage({ searchParams }: PageQuery<"status" | "q" | "cursor">) {
  await requireOperator();
  const { status, q, cursor } = await searchParams;
  const query = orderListSchema.catch({ limit: 25 }).parse({
    ...(status === HELD ? { review: HELD } : status && { status }),
    ...(q && { q }),
    ...(cursor && { cursor }),
  });
  const { items, nextCursor } = await listOrders(query);
  return (
    <div className="grid gap-6">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <h1>Orders</h1>
        <ButtonLink href="/api/admin/exports/orders.csv?bom=true" kind="quiet" prefetch={false}>
          Export as CSV
        </ButtonLink>
      </div>
      <search>
        <form action="/console/orders" className="flex flex-wrap items-end gap-3">
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
          <Button kind="quiet" type="submit">
            Show
          </Button>
        </form>
      </search>
      {items.length === 0 ? (
        <Empty title={status || q ? "No orders match this filter." : "No orders yet"}>
          {status || q ? (
            <TextLink href="/console/orders">See all orders</TextLink>
          ) : (
            "The first order appears here after a checkout."
          )}
        </Empty>
      ) : (
        <Table
          caption="Orders, newest first"
          columns={(column) => [
            column("Order", ({ id, number }) => <TextLink href={`/console/orders/${id}`}>{number}</TextLink>),
            column("Status", ({ status }) => <StatusBadge status={status} />),
            column("Customer", ({ email }) => email),
            column("Total", ({ total }) => formatMoney(total)),
            column("Placed (UTC)", ({ createdAt }) => <Timestamp at={createdAt} />),
          ]}
          keyOf={({ id }) => id}
          rows={items}
        />
      )}
      <Pager nextCursor={nextCursor} query={{ status, q }} />
    </div>
  );
}
