import type { PropsWithChildren, ReactNode } from "react";
import { formatMoney, type Money } from "@/lib/money";
import { ProductPicture } from "./product-picture";

interface Props {
  items: { productId: string; sku?: string; name: ReactNode; quantity: number; total: Money }[];
  discount?: { code: string; amount: Money } | null;
  total: Money;
  /** Shows a small picture of each product. */
  pictures?: boolean;
}

/** The items of an order with their amounts, the discount and the total. */
export function OrderLines({ items, discount, total, pictures = false }: Props) {
  return (
    <ul className="grid gap-2">
      {items.map(({ productId, sku, name, quantity, total }) => (
        <OrderLine amount={formatMoney(total)} key={productId}>
          {pictures && sku && typeof name === "string" ? (
            <span className="flex items-center gap-3">
              <ProductPicture className="size-12 shrink-0 rounded-lg" name={name} sku={sku} />
              <span className="min-w-0">
                {quantity} × {name}
              </span>
            </span>
          ) : (
            <>
              {quantity} × {name}
            </>
          )}
        </OrderLine>
      ))}
      {discount ? <OrderLine amount={`−${formatMoney(discount.amount)}`}>Coupon {discount.code}</OrderLine> : null}
      <OrderLine amount={formatMoney(total)} className="border-line border-t pt-2 font-semibold">
        Total
      </OrderLine>
    </ul>
  );
}

type OrderLineProps = PropsWithChildren<{ amount: string; className?: string }>;

/** A list item with its amount at the end of the line. */
export function OrderLine({ amount, className = "", children }: OrderLineProps) {
  return (
    <li className={`flex items-center justify-between gap-4 ${className}`}>
      <span className="min-w-0 wrap-anywhere">{children}</span>
      <span className="whitespace-nowrap tabular-nums">{amount}</span>
    </li>
  );
}
