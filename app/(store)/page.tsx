import type { Metadata } from "next";
import { headers } from "next/headers";
import { orNotFound, type PageQuery } from "@/app/page-props";
import { Button, ButtonLink } from "@/app/ui/button";
import { Empty } from "@/app/ui/display";
import { SelectField, TextField } from "@/app/ui/field";
import { Link, TextLink } from "@/app/ui/link";
import { ProductPicture } from "@/app/ui/product-picture";
import { trackSession } from "@/app/visitor";
import { listProducts, type ProductSort, type ProductView } from "@/lib/catalogue/products";
import { formatMoney } from "@/lib/money";
import { StockNote } from "./stock-note";

const PAGE_SIZE = 24;

const SORT_LABELS: Record<ProductSort, string> = {
  name: "Name",
  price: "Price, low to high",
  "-price": "Price, high to low",
  newest: "Newest",
};
const isSort = (text: string): text is ProductSort => Object.hasOwn(SORT_LABELS, text);

export async function generateMetadata({ searchParams }: PageQuery<"q" | "cursor" | "sort">): Promise<Metadata> {
  const { q, cursor, sort } = await searchParams;
  // Search engines index each product once, on the first page of the list.
  const robots = q || cursor || sort ? { index: false } : undefined;
  return { title: q ? `Results for ${q.slice(0, 100)}` : "Products", alternates: { canonical: "/" }, robots };
}

export default async function CataloguePage({ searchParams }: PageQuery<"q" | "cursor" | "sort">) {
  const { q = "", cursor, sort: wanted = "name" } = await searchParams;
  const sort = isSort(wanted) ? wanted : "name";
  await trackSession(await headers());
  const { items, nextCursor } = await orNotFound(listProducts({ q: q.slice(0, 200), limit: PAGE_SIZE, cursor, sort }));
  const filter = { ...(q && { q }), ...(sort !== "name" && { sort }) };
  return (
    <>
      <div className="mb-8 flex flex-wrap items-end justify-between gap-4">
        <div>
          <h1 className="wrap-anywhere">{q ? `Results for “${q}”` : "Made to last"}</h1>
          <p className="mt-1 text-muted">For the kitchen, the desk and the road.</p>
        </div>
        <div className="flex flex-wrap items-end gap-x-6 gap-y-3">
          <search>
            <form action="/" className="flex items-end gap-2">
              <TextField defaultValue={q} label="Search products" name="q" type="search" />
              <Button type="submit">Search</Button>
            </form>
          </search>
          {/* The results of a search are sorted by how well they match. */}
          {q ? null : (
            <form action="/" className="flex items-end gap-2">
              <SelectField defaultValue={sort} label="Sort by" name="sort" options={SORT_LABELS} />
              <Button kind="quiet" type="submit">
                Sort
              </Button>
            </form>
          )}
        </div>
      </div>
      {items.length === 0 ? (
        <Empty title={q ? "No products match your search." : "No products are available."}>
          {q ? <TextLink href="/">See all products</TextLink> : "Please check back later."}
        </Empty>
      ) : (
        <ul className="grid grid-cols-2 gap-4 md:grid-cols-3 lg:grid-cols-4">
          {items.map((product) => (
            <ProductCard key={product.id} product={product} />
          ))}
        </ul>
      )}
      {cursor || nextCursor ? (
        <nav aria-label="Pages" className="mt-8 flex flex-wrap justify-center gap-3">
          {cursor ? (
            <ButtonLink href={{ query: filter }} kind="quiet">
              First page
            </ButtonLink>
          ) : null}
          {nextCursor ? (
            <ButtonLink href={{ query: { ...filter, cursor: nextCursor } }} kind="quiet">
              More products
            </ButtonLink>
          ) : null}
        </nav>
      ) : null}
    </>
  );
}

function ProductCard({ product }: { product: ProductView }) {
  return (
    <li className="group relative overflow-hidden rounded-2xl border border-line bg-paper transition-shadow hover:shadow-lg">
      <ProductPicture className="aspect-square w-full" name={product.name} sku={product.sku} />
      <div className="grid gap-1.5 p-4 *:min-w-0">
        <h2 className="text-base wrap-anywhere">
          <Link className="after:absolute after:inset-0 group-hover:underline" href={`/products/${product.id}`}>
            {product.name}
          </Link>
        </h2>
        <p className="tabular-nums">{formatMoney(product.price)}</p>
        <div>
          <StockNote {...product} />
        </div>
      </div>
    </li>
  );
}
