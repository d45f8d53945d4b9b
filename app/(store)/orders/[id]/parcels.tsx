import { LocalTime } from "@/app/ui/local-time";
import { Card } from "@/app/ui/surface";
import type { OrderView } from "@/lib/orders/view-order";

/** The parcels that have left, and where each can be followed. */
export function Parcels({ shipment }: Pick<OrderView, "shipment">) {
  if (!shipment) return null;
  return (
    <Card className="grid gap-3">
      <h2>{shipment.parcels.length === 1 ? "Shipment" : "Shipments"}</h2>
      <ul className="grid gap-3">
        {shipment.parcels.map(({ carrier, trackingNumber, trackingUrl, shippedAt, deliveredAt }) => (
          <li className="wrap-anywhere" key={trackingNumber}>
            <p>
              {carrier} {trackingNumber}
            </p>
            <p className="text-muted text-sm">
              {deliveredAt ? "Delivered " : "Shipped "}
              <LocalTime at={deliveredAt ?? shippedAt} />
            </p>
            {trackingUrl && !deliveredAt ? (
              <a className="inline-flex min-h-11 items-center text-accent underline" href={trackingUrl}>
                Track shipment
              </a>
            ) : null}
          </li>
        ))}
      </ul>
      {shipment.complete ? null : <p className="text-muted text-sm">The remaining items ship later.</p>}
    </Card>
  );
}
