import { randomUUID } from "node:crypto";
import { ActionForm } from "@/app/ui/action-form";
import { SelectRow } from "@/app/ui/bulk-form";
import { DisclosedForm } from "@/app/ui/disclosed-form";
import { Badge, Empty, PageContent } from "@/app/ui/display";
import { SelectField, TextArea, TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { SearchForm } from "@/app/ui/list";
import { NumberedPager } from "@/app/ui/list-links";
import { ProductPicture } from "@/app/ui/product-picture";
import { findProducts, type ManagedProduct, productTableSchema } from "@/lib/catalogue/manage-products";
import { isLow } from "@/lib/low-stock";
import { typedAmount } from "@/lib/money";
import { consolePage } from "../console-page";
import { changeRow, create } from "./actions";
import { ProductsBulk } from "./bulk";
import { Price } from "./price";

export const metadata = { title: "Products" };

const SHOWN = { all: "All", active: "On sale", archived: "Archived", low: "Low stock" };

const SORTS = {
  name: "Name",
  newest: "Newest first",
  "-price": "Highest price",
  price: "Lowest price",
  stock: "Lowest stock",
};

export default consolePage<"q" | "show" | "sort" | "page">(async ({ q, show, sort, page }) => {
  const usual = { show: "all", sort: "name", page: 1 } as const;
  const query = productTableSchema.catch(usual).parse({ q: q || undefined, show, sort, page });
  const { items, ...position } = await findProducts(query);
  return (
    <PageContent title="Products">
      <DisclosedForm action={create} label="Add a product" submit="Add product" tone="accent">
        <TextField label="SKU" maxLength={100} name="sku" required />
        <TextField id="new-name" label="Name" maxLength={200} name="name" required />
        <TextArea label="Description" name="description" />
        <Price id="new" />
        <TextField label="Stock" min={0} name="stock" type="number" />
      </DisclosedForm>
      <SearchForm path="/console/products">
        <TextField defaultValue={q} label="Name or SKU" name="q" type="search" />
        <SelectField defaultValue={query.show} label="Show" name="show" options={SHOWN} />
        <SelectField defaultValue={query.sort} label="Sort" name="sort" options={SORTS} />
      </SearchForm>
      {items.length === 0 ? (
        q || query.show !== "all" ? (
          <Empty title="No products match this filter.">
            <TextLink href="/console/products">See all products</TextLink>
          </Empty>
        ) : (
          <Empty title="No products yet">Add a product above, or import a file.</Empty>
        )
      ) : null}
      {items.length > 0 ? (
        <ProductsBulk changeKey={randomUUID()}>
          <ul className="grid gap-3">
            {items.map((product) => (
              <Product key={product.id} {...product} />
            ))}
          </ul>
        </ProductsBulk>
      ) : null}
      <NumberedPager {...position} />
    </PageContent>
  );
});

function Product({ id, sku, name, price, active, lowStock, stock }: ManagedProduct) {
  const low = active && isLow({ ...stock, lowStock });
  return (
    // The checkbox is below that of the form above, and beside the name of the product.
    <li className="flex flex-wrap items-start gap-x-5 gap-y-3 rounded-2xl border border-line bg-paper p-4">
      <SelectRow id={id} label={`Select ${name}`} />
      <ProductPicture className="size-12 rounded-lg" name={name} sku={sku} />
      <div className="min-w-40 flex-1">
        <h2 className="text-base wrap-anywhere">
          <TextLink href={`/console/products/${id}`}>{name}</TextLink>
        </h2>
        <p className="text-muted text-sm wrap-anywhere">{sku}</p>
        <p className="mt-1 flex flex-wrap items-center gap-2 text-muted text-sm tabular-nums">
          <Badge tone={active ? "good" : "neutral"}>{active ? "On sale" : "Archived"}</Badge>
          {low ? <Badge tone="warn">Low stock</Badge> : null}
          {stock.reserved} reserved · {stock.sold} sold
        </p>
      </div>
      <ActionForm
        action={changeRow}
        hidden={{
          ...{ id, key: randomUUID(), currency: price.currency },
          shown: JSON.stringify({ price, available: stock.available }),
        }}
        inline
        kind="quiet"
        submit="Save"
      >
        {/* The keys: each field has the value that `shown` has, also after a refresh of the list. */}
        <div className="grid grid-cols-[8rem_6rem] gap-3">
          <TextField
            aria-label={`Price in ${price.currency}, ${name}`}
            defaultValue={typedAmount(price)}
            id={`amount-${id}`}
            inputMode="decimal"
            key={`price ${typedAmount(price)}`}
            label={`Price in ${price.currency}`}
            name="amount"
            required
            size={8}
          />
          <TextField
            aria-label={`Available, ${name}`}
            defaultValue={stock.available}
            id={`available-${id}`}
            key={`available ${stock.available}`}
            label="Available"
            min={0}
            name="available"
            required
            type="number"
          />
        </div>
      </ActionForm>
    </li>
  );
}
