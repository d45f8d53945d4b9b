import { randomUUID } from "node:crypto";
import { cache } from "react";
import { consolePage, recordTitle } from "@/app/console/console-page";
import { Breakable } from "@/app/ui/breakable";
import { Copyable } from "@/app/ui/copyable";
import { DisclosedForm } from "@/app/ui/disclosed-form";
import { Badge, Card, Figures, PageContent, StatusBadge } from "@/app/ui/display";
import { TextArea, TextField } from "@/app/ui/field";
import { Link, TextLink } from "@/app/ui/link";
import { Table } from "@/app/ui/list";
import { Pager } from "@/app/ui/list-links";
import { ProductPicture } from "@/app/ui/product-picture";
import { Timestamp } from "@/app/ui/timestamp";
import { getManagedProduct } from "@/lib/catalogue/manage-products";
import { storeEnv } from "@/lib/env";
import { countStockHistory, listStockHistory } from "@/lib/inventory/stock-history";
import { formatMoney } from "@/lib/money";
import { listOrders } from "@/lib/orders/list-orders";
import { adjust, change, setActive } from "../actions";
import { Price } from "../price";

const load = cache(getManagedProduct);

export const generateMetadata = recordTitle<"id">(async ({ id }) => (await load(id)).name);

export default consolePage<"cursor", "id">(async ({ id, cursor }) => {
  const product = await load(id);
  const [history, changes, orders] = await Promise.all([
    listStockHistory(id, { limit: 25, cursor: cursor || undefined }),
    countStockHistory(id),
    listOrders({ limit: 10, product: id }),
  ]);
  const { sku, name, description, price, active, lowStock, stock } = product;
  const shown = JSON.stringify({ name, description, price, lowStock });
  const threshold = lowStock ?? storeEnv().STOCK_LOW;
  return (
    <PageContent
      trail={[{ href: "/console/products", label: "Products" }]}
      title={name}
      beside={
        <>
          <Badge tone={active ? "good" : "neutral"}>{active ? "On sale" : "Archived"}</Badge>
          {active && stock.available <= threshold ? <Badge tone="warn">Low stock</Badge> : null}
        </>
      }
    >
      <p className="flex flex-wrap items-center gap-x-4 text-muted wrap-anywhere">
        <Copyable label="SKU" text={sku}>
          {sku}
        </Copyable>
        <span>{formatMoney(price)}</span>
        {active ? (
          <Link className="inline-flex min-h-11 items-center text-accent underline" href={`/products/${id}`}>
            View in the shop
          </Link>
        ) : null}
      </p>
      <div className="grid items-start gap-6 *:min-w-0 xl:grid-cols-[1fr_20rem]">
        <div className="grid gap-6 *:min-w-0">
          <Card className="grid items-center gap-5 sm:grid-cols-[auto_1fr]">
            <ProductPicture className="size-24 rounded-lg" name={name} sku={sku} />
            <div className="grid gap-3">
              <Figures
                figures={{
                  Available: stock.available,
                  Reserved: stock.reserved,
                  Sold: stock.sold,
                  Received: stock.received,
                }}
              />
              <p className="text-muted text-sm">An alert is raised at {threshold} available units or fewer.</p>
            </div>
          </Card>
          <Table
            title="Stock history"
            columns={(column) => [
              column("Change", ({ delta }) => (delta > 0 ? `+${delta}` : String(delta))),
              column("Reason", ({ reason }) => reason),
              column("By", ({ by }) => by),
              column("Available after", ({ available }) => available),
              column("Time", ({ at }) => <Timestamp at={at} />),
            ]}
            rows={history.items}
            empty={<p className="text-muted">No changes yet. Adjust the stock, or import a file.</p>}
          />
          <Pager nextCursor={history.nextCursor} rows={changes} shown={history.items.length} />
          <Table
            title="Orders"
            columns={(column) => [
              column("Order", ({ id, number }) => <TextLink href={`/console/orders/${id}`}>{number}</TextLink>),
              column("Status", ({ status }) => <StatusBadge status={status} />),
              column("Customer", ({ email }) => <Breakable text={email} />),
              column("Total", ({ total }) => <span className="whitespace-nowrap">{formatMoney(total)}</span>),
              column("Placed", ({ createdAt }) => <Timestamp at={createdAt} />),
            ]}
            rows={orders.items}
            empty={<p className="text-muted">No orders of this product yet.</p>}
          />
          {orders.nextCursor ? (
            <p>
              <TextLink href={`/console/orders?product=${encodeURIComponent(sku)}`}>See all its orders</TextLink>
            </p>
          ) : null}
        </div>
        <div className="grid gap-4">
          <DisclosedForm action={change} hidden={{ id, shown }} label="Edit product" submit="Save">
            {/* The keys: each field has the value that `shown` has, also after a refresh of the page. */}
            <TextField defaultValue={name} key={`name ${name}`} label="Name" maxLength={200} name="name" required />
            <TextArea
              defaultValue={description}
              key={`description ${description}`}
              label="Description"
              maxLength={10_000}
              name="description"
            />
            <Price id="edit" key={`price ${formatMoney(price)}`} price={price} />
            <TextField
              defaultValue={lowStock ?? ""}
              hint={`Leave empty for the shop's default, ${storeEnv().STOCK_LOW}.`}
              key={`low ${lowStock}`}
              label="Alert at this stock"
              min={0}
              name="lowStock"
              type="number"
            />
          </DisclosedForm>
          <DisclosedForm
            action={adjust}
            hidden={{ id, key: randomUUID() }}
            label="Adjust stock"
            submit="Save adjustment"
          >
            <TextField
              hint="A negative number reduces the stock"
              label="Adjustment"
              name="delta"
              required
              type="number"
            />
            <TextField label="Reason" maxLength={200} name="reason" required />
          </DisclosedForm>
          <DisclosedForm
            action={setActive}
            hidden={{ id, active: String(!active) }}
            label={active ? "Archive" : "Put on sale"}
            question={
              active
                ? "The shop does not show it any more. Its orders and its history stay."
                : "The shop shows it again, at the price above."
            }
            submit={active ? "Yes, archive it" : "Yes, put it on sale"}
            tone={active ? "bad" : "ink"}
          />
        </div>
      </div>
    </PageContent>
  );
});
