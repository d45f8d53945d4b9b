import type { PropsWithChildren, ReactNode } from "react";
import { formatMoney, type Money } from "@/lib/money";

interface Props {
  items: { productId: string; name: ReactNode; quantity: number; total: Money }[];
  discount?: { code: string; amount: Money } | null;
  total: Money;
}

/** The items of an order with their amounts, the discount and the total. */
export function OrderLines({ items, discount, total }: Props) {
  return (
    <ul className="grid gap-2">
      {items.map(({ productId, name, quantity, total }) => (
        <OrderLine amount={formatMoney(total)} key={productId}>
          {quantity} × {name}
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
    <li className={`flex justify-between gap-4 ${className}`}>
      <span>{children}</span>
      <span className="tabular-nums">{amount}</span>
    </li>
  );
}
