import { randomUUID } from "node:crypto";
import type { Metadata } from "next";
import { requireOperator } from "@/app/session";
import { ActionForm } from "@/app/ui/action-form";
import { TextArea, TextField } from "@/app/ui/field";
import { Pager } from "@/app/ui/pager";
import { ProductPicture } from "@/app/ui/product-picture";
import { Badge, Card, Empty } from "@/app/ui/surface";
import { listManagedProducts, type ManagedProduct } from "@/lib/catalogue/manage-products";
import { formatMoney } from "@/lib/money";
import { change, create, move } from "./actions";

export const metadata: Metadata = { title: "Products" };

export default async function ProductsPage({ searchParams }: { searchParams: Promise<{ cursor?: string }> }) {
  await requireOperator("/console/products");
  const { cursor } = await searchParams;
  const { items, nextCursor } = await listManagedProducts({ limit: 25, cursor });
  return (
    <div className="grid gap-6">
      <h1>Products</h1>
      <details className="rounded-2xl border border-line bg-paper p-5">
        <summary className="font-medium">Add a product</summary>
        <div className="mt-4 max-w-xl">
          <ActionForm action={create} submit="Put it on sale">
            <TextField label="SKU" maxLength={100} name="sku" required />
            <TextField id="new-name" label="Name" maxLength={200} name="name" required />
            <TextArea label="Description" name="description" />
            <Price id="new" />
            <TextField label="Stock" min={0} name="stock" type="number" />
          </ActionForm>
        </div>
      </details>
      {items.length === 0 ? <Empty title="There is no product yet." /> : null}
      <ul className="grid gap-3">
        {items.map((product) => (
          <Product key={product.id} product={product} />
        ))}
      </ul>
      <Pager nextCursor={nextCursor} />
    </div>
  );
}

function Price({ id, amount, currency = "EUR" }: { id: string; amount?: number; currency?: string }) {
  return (
    <div className="grid grid-cols-2 gap-4">
      <TextField
        defaultValue={amount}
        hint="In minor units (cents)"
        id={`amount-${id}`}
        label="Price"
        min={1}
        name="amount"
        required
        type="number"
      />
      <TextField
        defaultValue={currency}
        id={`currency-${id}`}
        label="Currency"
        maxLength={3}
        name="currency"
        required
      />
    </div>
  );
}

function Product({ product: { id, sku, name, price, active, stock } }: { product: ManagedProduct }) {
  return (
    <li>
      <Card className="grid gap-3">
        <div className="flex flex-wrap items-center gap-4">
          <ProductPicture className="size-12 rounded-lg" name={name} sku={sku} />
          <h2 className="min-w-40 flex-1">
            {name} <span className="font-normal text-muted text-sm">{sku}</span>
          </h2>
          {active ? null : <Badge tone="warn">not on sale</Badge>}
          <p className="tabular-nums">{formatMoney(price)}</p>
          <p className="text-muted text-sm tabular-nums">
            {stock.available} available · {stock.reserved} set aside · {stock.sold} sold
          </p>
        </div>
        <div className="grid gap-3 md:grid-cols-2">
          <details>
            <summary className="text-accent">Change</summary>
            <div className="mt-3">
              <ActionForm action={change} kind="quiet" submit={`Save ${name}`}>
                <input name="id" type="hidden" value={id} />
                <TextField defaultValue={name} id={`name-${id}`} label="Name" maxLength={200} name="name" required />
                <Price amount={price.amount} currency={price.currency} id={id} />
                <label className="flex min-h-11 items-center gap-3">
                  <input className="size-5 accent-accent" defaultChecked={active} name="active" type="checkbox" /> On
                  sale
                </label>
              </ActionForm>
            </div>
          </details>
          <details>
            <summary className="text-accent">Move stock</summary>
            <div className="mt-3">
              <ActionForm action={move} kind="quiet" submit={`Move the stock of ${name}`}>
                <input name="id" type="hidden" value={id} />
                <input name="key" type="hidden" value={randomUUID()} />
                <TextField
                  hint="More, or less with a minus"
                  id={`delta-${id}`}
                  label="By how many"
                  name="delta"
                  required
                  type="number"
                />
                <TextField id={`reason-${id}`} label="Reason" maxLength={200} name="reason" required />
              </ActionForm>
            </div>
          </details>
        </div>
      </Card>
    </li>
  );
}
