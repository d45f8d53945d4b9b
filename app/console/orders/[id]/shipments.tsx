import { Badge, Titled } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { Timestamp } from "@/app/ui/timestamp";
import type { OrderDetails } from "@/lib/orders/inspect-order";

/** The parcels that have left, and what of the order was in each. */
export function Shipments({ order: { shipment, items } }: { order: OrderDetails }) {
  const nameOf = (productId: string) => items.find((item) => item.productId === productId)?.name ?? productId;
  return (
    <Titled title="Shipments">
      {shipment ? (
        <Table
          caption="Shipments"
          columns={[
            {
              head: "Shipment",
              cell: ({ carrier, trackingNumber, trackingUrl, shippedAt }) => (
                <>
                  {carrier}{" "}
                  {trackingUrl ? (
                    <a className="text-accent underline" href={trackingUrl}>
                      {trackingNumber}
                    </a>
                  ) : (
                    trackingNumber
                  )}
                  <span className="block text-muted">
                    shipped <Timestamp at={shippedAt} />
                  </span>
                </>
              ),
            },
            {
              head: "Items",
              cell: (parcel) =>
                parcel.items.map(({ productId, quantity }) => `${quantity} × ${nameOf(productId)}`).join(", "),
            },
            {
              head: "Delivered (UTC)",
              cell: ({ deliveredAt }) => (deliveredAt ? <Timestamp at={deliveredAt} /> : <Badge>in transit</Badge>),
            },
          ]}
          keyOf={({ trackingNumber }) => trackingNumber}
          rows={shipment.parcels}
        />
      ) : (
        <p className="text-muted">No shipments yet.</p>
      )}
    </Titled>
  );
}
