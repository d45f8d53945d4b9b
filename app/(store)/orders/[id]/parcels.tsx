import { LocalTime } from "@/app/ui/local-time";
import { Card } from "@/app/ui/surface";
import type { OrderView } from "@/lib/orders/view-order";

/** The parcels that have left, and where each can be followed. */
export function Parcels({ shipment }: Pick<OrderView, "shipment">) {
  if (!shipment) return null;
  return (
    <Card className="grid gap-3">
      <h2>{shipment.parcels.length === 1 ? "Your parcel" : "Your parcels"}</h2>
      <ul className="grid gap-3">
        {shipment.parcels.map(({ carrier, trackingNumber, trackingUrl, shippedAt, deliveredAt }) => (
          <li className="wrap-anywhere" key={trackingNumber}>
            <p>
              {carrier} {trackingNumber}
            </p>
            <p className="text-muted text-sm">
              {deliveredAt ? "Arrived " : "Left us "}
              <LocalTime at={deliveredAt ?? shippedAt} />
            </p>
            {trackingUrl && !deliveredAt ? (
              <a className="inline-flex min-h-11 items-center text-accent underline" href={trackingUrl}>
                See where it is
              </a>
            ) : null}
          </li>
        ))}
      </ul>
      {shipment.complete ? null : <p className="text-muted text-sm">The rest of your order follows.</p>}
    </Card>
  );
}
