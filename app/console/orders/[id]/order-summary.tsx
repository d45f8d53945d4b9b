import { TextLink } from "@/app/ui/link";
import { OrderLines } from "@/app/ui/order-lines";
import { Card } from "@/app/ui/surface";
import { addressSchema } from "@/lib/address";
import type { OrderDetails } from "@/lib/orders/inspect-order";

/** The customer, the shipping address and the items of an order. */
export function OrderSummary({ order: { customer, items, total, discount } }: { order: OrderDetails }) {
  return (
    <Card className="grid gap-5">
      <div className="grid gap-x-8 gap-y-4 sm:grid-cols-[auto_minmax(8rem,1fr)]">
        <div className="min-w-0">
          <h2 className="mb-1">Customer</h2>
          <p>{customer.name ?? "No name"}</p>
          <p className="wrap-anywhere">
            <TextLink href={`/console/orders?q=${encodeURIComponent(customer.email)}`}>{customer.email}</TextLink>
          </p>
          {customer.phone ? <p>{customer.phone}</p> : null}
        </div>
        <ShippingAddress address={customer.address} />
      </div>
      <div>
        <h2 className="mb-2">Items</h2>
        <OrderLines
          discount={discount}
          items={items.map((item) => ({
            ...item,
            name: (
              <>
                {item.name} <span className="whitespace-nowrap text-muted text-sm">{item.sku}</span>
              </>
            ),
          }))}
          total={total}
        />
      </div>
    </Card>
  );
}

function ShippingAddress({ address }: { address: unknown }) {
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
