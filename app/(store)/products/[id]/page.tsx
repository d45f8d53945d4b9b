import type { Metadata } from "next";
import { headers } from "next/headers";
import { notFound } from "next/navigation";
import { addToCart } from "@/app/(store)/cart/actions";
import { StockNote } from "@/app/(store)/stock-note";
import type { PageParams } from "@/app/page-props";
import { Button } from "@/app/ui/button";
import { SelectField } from "@/app/ui/field";
import { ProductPicture } from "@/app/ui/product-picture";
import { trackSession } from "@/app/visitor";
import { findProductsById } from "@/lib/catalogue/products";
import { formatMoney } from "@/lib/money";

async function load({ params }: PageParams<"id">) {
  const { id } = await params;
  return (await findProductsById([id])).get(id) ?? notFound();
}

export async function generateMetadata(props: PageParams<"id">): Promise<Metadata> {
  return { title: (await load(props)).name };
}

export default async function ProductPage(props: PageParams<"id">) {
  const product = await load(props);
  await trackSession(await headers());
  const maxQuantity = Math.min(product.available, 10);
  return (
    <article className="grid gap-8 md:grid-cols-2">
      <ProductPicture
        className="aspect-square w-full rounded-2xl border border-line"
        name={product.name}
        sku={product.sku}
      />
      <div className="grid content-start gap-5">
        <h1>{product.name}</h1>
        <p className="text-xl tabular-nums">{formatMoney(product.price)}</p>
        <div>
          <StockNote available={product.available} />
        </div>
        <p className="max-w-prose text-pretty">{product.description}</p>
        {maxQuantity > 0 ? (
          <form action={addToCart} className="flex items-end gap-3">
            <input name="productId" type="hidden" value={product.id} />
            <div className="w-24">
              <SelectField label="Quantity" name="quantity">
                {Array.from({ length: maxQuantity }, (_, index) => index + 1).map((count) => (
                  <option key={count}>{count}</option>
                ))}
              </SelectField>
            </div>
            <Button type="submit">Add to cart</Button>
          </form>
        ) : (
          <p className="text-muted">This product is sold out.</p>
        )}
        <p className="text-muted text-sm">SKU {product.sku}</p>
      </div>
    </article>
  );
}
