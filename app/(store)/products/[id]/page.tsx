import type { Metadata } from "next";
import { headers } from "next/headers";
import { AddForm } from "@/app/(store)/cart/forms";
import { StockNote } from "@/app/(store)/stock-note";
import { orNotFound, type PageParams } from "@/app/page-props";
import { ProductPicture } from "@/app/ui/product-picture";
import { trackSession } from "@/app/visitor";
import { getProduct } from "@/lib/catalogue/products";
import { storeEnv } from "@/lib/env";
import { formatMoney } from "@/lib/money";

async function load({ params }: PageParams<"id">) {
  const { id } = await params;
  return orNotFound(getProduct(id));
}

export async function generateMetadata(props: PageParams<"id">): Promise<Metadata> {
  const { id, name, description, price } = await load(props);
  const about = `${description.slice(0, 150).trimEnd()}${description.length > 150 ? "…" : ""}`;
  const url = `/products/${id}`;
  return {
    title: name,
    description: about,
    alternates: { canonical: url },
    openGraph: {
      type: "website",
      siteName: storeEnv().STORE_NAME,
      url,
      title: `${name}, ${formatMoney(price)}`,
      description: about,
    },
  };
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
      <div className="grid min-w-0 content-start gap-5">
        <h1 className="wrap-anywhere">{product.name}</h1>
        <p className="text-xl tabular-nums">{formatMoney(product.price)}</p>
        <div>
          <StockNote {...product} />
        </div>
        <p className="max-w-prose text-pretty wrap-anywhere whitespace-pre-line">{product.description}</p>
        {maxQuantity > 0 ? (
          <AddForm most={maxQuantity} productId={product.id} />
        ) : (
          <p className="text-muted">This product is sold out.</p>
        )}
        <p className="text-muted text-sm wrap-anywhere">SKU {product.sku}</p>
      </div>
    </article>
  );
}
