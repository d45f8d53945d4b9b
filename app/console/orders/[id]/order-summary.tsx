import { Link } from "@/app/ui/link";
import { Card } from "@/app/ui/surface";
import { addressSchema } from "@/lib/address";
import { formatMoney } from "@/lib/money";
import type { OrderDetails } from "@/lib/orders/inspect-order";

/** Who has ordered what, and where it goes. */
export function OrderSummary({ order: { customer, items, total, discount } }: { order: OrderDetails }) {
  return (
    <Card className="grid gap-5">
      <div className="grid gap-x-8 gap-y-4 sm:grid-cols-[auto_minmax(8rem,1fr)]">
        <div className="min-w-0">
          <h2 className="mb-1">Customer</h2>
          <p>{customer.name ?? "No name"}</p>
          <p className="wrap-anywhere">
            <Link className="text-accent underline" href={`/console/orders?q=${encodeURIComponent(customer.email)}`}>
              {customer.email}
            </Link>
          </p>
          {customer.phone ? <p>{customer.phone}</p> : null}
        </div>
        <Delivery address={customer.address} />
      </div>
      <div>
        <h2 className="mb-2">Items</h2>
        <ul className="grid gap-1">
          {items.map((item) => (
            <li className="flex justify-between gap-4" key={item.productId}>
              <span>
                {item.quantity} × {item.name} <span className="whitespace-nowrap text-muted text-sm">{item.sku}</span>
              </span>
              <span className="tabular-nums">{formatMoney(item.total)}</span>
            </li>
          ))}
          {discount ? (
            <li className="flex justify-between gap-4 text-muted">
              <span>Coupon {discount.code}</span>
              <span className="tabular-nums">−{formatMoney(discount.amount)}</span>
            </li>
          ) : null}
          <li className="flex justify-between gap-4 border-line border-t pt-2 font-semibold">
            <span>Total</span>
            <span className="tabular-nums">{formatMoney(total)}</span>
          </li>
        </ul>
      </div>
    </Card>
  );
}

function Delivery({ address }: { address: unknown }) {
  const { data } = addressSchema.safeParse(address);
  return (
    <div className="min-w-0 wrap-anywhere">
      <h2 className="mb-1">Shipping address</h2>
      {data ? (
        <address className="not-italic">
          {data.name ? <p>{data.name}</p> : null}
          <p>{data.line1}</p>
          {data.line2 ? <p>{data.line2}</p> : null}
          <p>{[data.postalCode, data.city].filter(Boolean).join(" ")}</p>
          <p>{[data.region, data.state, data.country].filter(Boolean).join(", ")}</p>
        </address>
      ) : (
        <p className="text-muted">No shipping address</p>
      )}
    </div>
  );
}
