import type { PageQuery } from "@/app/page-props";
import { ButtonLink } from "@/app/ui/button";
import { Card, Empty, Message } from "@/app/ui/display";
import { Link } from "@/app/ui/link";
import { ProductPicture } from "@/app/ui/product-picture";
import type { CartItem } from "@/lib/checkout/cart";
import { formatMoney } from "@/lib/money";
import { type Cart, readCart } from "./cart";
import { QuantityForm, RemoveForm } from "./forms";

export const metadata = { title: "Cart" };

export default async function CartPage({ searchParams }: PageQuery<"missing">) {
  const { missing } = await searchParams;
  const cart = await readCart();
  const lines = [...cart.items, ...cart.withdrawn];
  return (
    <>
      <h1 className="mb-6">Cart</h1>
      {missing ? (
        <div className="mb-4">
          <Message title={missing === "1" ? "An item could not be added" : "Some items could not be added"} tone="warn">
            What is missing is not on sale any more, or your cart is full.
          </Message>
        </div>
      ) : null}
      {lines.length > 0 ? (
        <div className="grid items-start gap-6 lg:grid-cols-[1fr_20rem]">
          <ul className="grid gap-3">
            {lines.map((line) => (
              <Line key={line.productId} {...line} />
            ))}
          </ul>
          <Card className="grid gap-4">
            {cart.totals.map((total) => (
              <p className="flex flex-wrap justify-between gap-x-4 font-semibold" key={total.currency}>
                <span>{cart.total ? "Total" : `Items in ${total.currency}`}</span>
                <span className="whitespace-nowrap tabular-nums">{formatMoney(total)}</span>
              </p>
            ))}
            <Next {...cart} />
          </Card>
        </div>
      ) : (
        <div className="grid gap-4">
          {cart.lost ? (
            <Message tone="warn">
              Your cart could not be found. It may have expired. Please add your items again.
            </Message>
          ) : null}
          <Empty title="Your cart is empty.">
            <ButtonLink href="/">Browse products</ButtonLink>
          </Empty>
        </div>
      )}
    </>
  );
}

/** The link to the checkout, or the reason why there is none. */
function Next({ items, totals }: Cart) {
  if (items.length === 0) return <Message tone="warn">Nothing in your cart is on sale any more.</Message>;
  if (totals.length > 1)
    return (
      <Message tone="warn">
        Your cart has prices in {totals.map(({ currency }) => currency).join(" and ")}. An order has one currency.
        Remove the items of the others to continue, and order them separately.
      </Message>
    );
  if (items.some(({ available, quantity }) => available < quantity))
    return (
      <Message tone="warn">Some items are not in stock in this quantity. Reduce the quantity to continue.</Message>
    );
  return <ButtonLink href="/checkout">Go to checkout</ButtonLink>;
}

function Line({ productId, sku, name, quantity, price, total, available, onSale }: CartItem) {
  return (
    <li className="flex flex-wrap items-center gap-4 rounded-2xl border border-line bg-paper p-4">
      <ProductPicture className="size-20 rounded-xl" name={name} sku={sku} />
      <div className="min-w-40 flex-1 wrap-anywhere">
        {onSale ? (
          <Link className="font-medium hover:underline" href={`/products/${productId}`}>
            {name}
          </Link>
        ) : (
          <span className="font-medium">{name}</span>
        )}
        {onSale ? <p className="text-muted text-sm tabular-nums">{formatMoney(price)} each</p> : null}
        {onSale && available < quantity ? <p className="text-bad text-sm">Only {available} left</p> : null}
        {onSale ? null : <p className="text-bad text-sm">No longer on sale. It is not part of your order.</p>}
      </div>
      {onSale ? <QuantityForm name={name} productId={productId} quantity={quantity} /> : null}
      <RemoveForm name={name} productId={productId} />
      {onSale ? <p className="ml-auto font-semibold tabular-nums">{formatMoney(total)}</p> : null}
    </li>
  );
}
