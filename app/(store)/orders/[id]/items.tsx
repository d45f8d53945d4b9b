import { Card } from "@/app/ui/surface";
import { formatMoney } from "@/lib/money";
import type { OrderView } from "@/lib/orders/view-order";

const REFUND = { pending: "Refund (pending)", succeeded: "Refund", failed: "Refund (failed)" } as const;

/** What was ordered, what it comes to, and what has gone back. */
export function Items({ order: { items, discount, total, refunds } }: { order: OrderView }) {
  return (
    <Card className="grid gap-2">
      <h2>Items</h2>
      <ul className="grid gap-2">
        {items.map((item) => (
          <li className="flex justify-between gap-4" key={item.productId}>
            <span>
              {item.quantity} × {item.name}
            </span>
            <span className="tabular-nums">{formatMoney(item.total)}</span>
          </li>
        ))}
      </ul>
      {discount ? (
        <p className="flex justify-between gap-4">
          <span>Coupon {discount.code}</span>
          <span className="tabular-nums">−{formatMoney(discount.amount)}</span>
        </p>
      ) : null}
      <p className="flex justify-between border-line border-t pt-2 font-semibold">
        <span>Total</span>
        <span className="tabular-nums">{formatMoney(total)}</span>
      </p>
      {refunds.map(({ id, status, amount }) => (
        <p className="flex justify-between text-muted" key={id}>
          <span>{REFUND[status]}</span>
          <span className="tabular-nums">−{formatMoney(amount)}</span>
        </p>
      ))}
    </Card>
  );
}
