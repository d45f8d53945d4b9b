import { Button, ButtonLink } from "@/app/ui/button";
import { Card, Empty, Message } from "@/app/ui/display";
import { Link } from "@/app/ui/link";
import { ProductPicture } from "@/app/ui/product-picture";
import { formatMoney } from "@/lib/money";
import { changeCart } from "./actions";
import { type CartLine, cartContents } from "./cart";

export const metadata = { title: "Cart" };

export default async function CartPage() {
  const { lines, total } = await cartContents();
  return (
    <>
      <h1 className="mb-6">Cart</h1>
      {total ? (
        <div className="grid items-start gap-6 lg:grid-cols-[1fr_20rem]">
          <ul className="grid gap-3">
            {lines.map((line) => (
              <Line key={line.product.id} {...line} />
            ))}
          </ul>
          <Card className="grid gap-4">
            <p className="flex justify-between font-semibold">
              <span>Total</span>
              <span className="tabular-nums">{formatMoney(total)}</span>
            </p>
            {lines.some((line) => line.insufficient) ? (
              <Message tone="warn">
                Some items are not in stock in this quantity. Reduce the quantity to continue.
              </Message>
            ) : (
              <ButtonLink href="/checkout">Go to checkout</ButtonLink>
            )}
          </Card>
        </div>
      ) : (
        <Empty title="Your cart is empty.">
          <ButtonLink href="/">Browse products</ButtonLink>
        </Empty>
      )}
    </>
  );
}

function Line({ product, quantity, total, insufficient }: CartLine) {
  return (
    <li className="flex flex-wrap items-center gap-4 rounded-2xl border border-line bg-paper p-4">
      <ProductPicture className="size-20 rounded-xl" name={product.name} sku={product.sku} />
      <div className="min-w-40 flex-1">
        <Link className="font-medium hover:underline" href={`/products/${product.id}`}>
          {product.name}
        </Link>
        <p className="text-muted text-sm tabular-nums">{formatMoney(product.price)} each</p>
        {insufficient ? <p className="text-bad text-sm">Only {product.available} left</p> : null}
      </div>
      <form action={changeCart} className="flex items-center gap-2">
        <input name="productId" type="hidden" value={product.id} />
        <label className="sr-only" htmlFor={`quantity-${product.id}`}>
          Quantity of {product.name}
        </label>
        <input
          className="min-h-11 w-20 rounded-lg border border-edge bg-paper px-3"
          defaultValue={quantity}
          id={`quantity-${product.id}`}
          max={1000}
          min={0}
          name="quantity"
          type="number"
        />
        <Button kind="quiet" type="submit">
          Update<span className="sr-only"> {product.name}</span>
        </Button>
      </form>
      <form action={changeCart}>
        <input name="productId" type="hidden" value={product.id} />
        <input name="quantity" type="hidden" value="0" />
        <Button kind="quiet" type="submit">
          Remove<span className="sr-only"> {product.name}</span>
        </Button>
      </form>
      <p className="ml-auto font-semibold tabular-nums">{formatMoney(total)}</p>
    </li>
  );
}
