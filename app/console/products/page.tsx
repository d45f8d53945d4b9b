import { randomUUID } from "node:crypto";
import { DisclosedForm } from "@/app/ui/disclosure";
import { Badge, Card, Empty, PageContent } from "@/app/ui/display";
import { Checkbox, TextArea, TextField } from "@/app/ui/field";
import { Pager } from "@/app/ui/list";
import { ProductPicture } from "@/app/ui/product-picture";
import { listManagedProducts, type ManagedProduct } from "@/lib/catalogue/manage-products";
import { formatMoney, type Money, typedAmount } from "@/lib/money";
import { consolePage } from "../console-page";
import { adjust, change, create } from "./actions";

export const metadata = { title: "Products" };

export default consolePage<"cursor">(async ({ cursor }) => {
  const { items, nextCursor } = await listManagedProducts({ limit: 25, cursor });
  return (
    <PageContent title="Products">
      <DisclosedForm action={create} label="Add a product" submit="Add product" tone="accent">
        <TextField label="SKU" maxLength={100} name="sku" required />
        <TextField id="new-name" label="Name" maxLength={200} name="name" required />
        <TextArea label="Description" name="description" />
        <Price id="new" />
        <TextField label="Stock" min={0} name="stock" type="number" />
      </DisclosedForm>
      {items.length === 0 ? <Empty title="No products yet">Add a product above, or import a file.</Empty> : null}
      <ul className="grid gap-3">
        {items.map((product) => (
          <Product key={product.id} {...product} />
        ))}
      </ul>
      <Pager nextCursor={nextCursor} />
    </PageContent>
  );
});

function Price({ id, price }: { id: string; price?: Money }) {
  return (
    <div className="grid grid-cols-2 gap-4">
      <TextField
        defaultValue={price && typedAmount(price)}
        hint="For example 12.50"
        id={`amount-${id}`}
        inputMode="decimal"
        label="Price"
        name="amount"
        required
      />
      <TextField
        defaultValue={price?.currency ?? "EUR"}
        id={`currency-${id}`}
        label="Currency"
        maxLength={3}
        name="currency"
        pattern="[A-Z]{3}"
        required
      />
    </div>
  );
}

function Product({ id, sku, name, description, price, active, stock }: ManagedProduct) {
  return (
    <li>
      <Card className="grid gap-4">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <ProductPicture className="size-12 rounded-lg" name={name} sku={sku} />
          <div className="min-w-48 flex-1">
            <h2 className="text-base">{name}</h2>
            <p className="text-muted text-sm">{sku}</p>
          </div>
          <Badge tone={active ? "good" : "warn"}>{active ? "active" : "inactive"}</Badge>
          <p className="font-medium tabular-nums">{formatMoney(price)}</p>
          <p className="text-muted text-sm tabular-nums max-sm:w-full">
            {stock.available} available · {stock.reserved} reserved · {stock.sold} sold
          </p>
        </div>
        <div className="grid items-start gap-3 md:grid-cols-2">
          <DisclosedForm action={change} hidden={{ id }} label={`Edit ${name}`} submit="Save">
            <TextField defaultValue={name} id={`name-${id}`} label="Name" maxLength={200} name="name" required />
            <TextArea defaultValue={description} id={`description-${id}`} label="Description" name="description" />
            <Price id={id} price={price} />
            <Checkbox defaultChecked={active} label="Active" name="active" />
          </DisclosedForm>
          <DisclosedForm
            action={adjust}
            hidden={{ id, key: randomUUID() }}
            label={`Adjust stock of ${name}`}
            submit="Adjust stock"
          >
            <TextField
              hint="A negative number reduces the stock"
              id={`delta-${id}`}
              label="Adjustment"
              name="delta"
              required
              type="number"
            />
            <TextField id={`reason-${id}`} label="Reason" maxLength={200} name="reason" required />
          </DisclosedForm>
        </div>
      </Card>
    </li>
  );
}
