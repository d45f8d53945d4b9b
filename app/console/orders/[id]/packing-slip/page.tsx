import { cache } from "react";
import { consolePage, recordTitle } from "@/app/console/console-page";
import { PageContent } from "@/app/ui/display";
import { TextLink } from "@/app/ui/link";
import { Table } from "@/app/ui/list";
import { PrintButton } from "@/app/ui/print-button";
import { Timestamp } from "@/app/ui/timestamp";
import { addressLines, addressSchema } from "@/lib/address";
import { inspectOrder } from "@/lib/orders/inspect-order";

const load = cache(inspectOrder);

export const generateMetadata = recordTitle<"id">(async ({ id }) => `Packing slip, order ${(await load(id)).number}`);

/** What goes into the parcel: the items that are left to ship, or those that have shipped when nothing is left. No prices. */
export default consolePage<never, "id">(async ({ id }) => {
  const order = await load(id);
  const shipped = (order.shipment?.parcels ?? []).flatMap(({ items }) => items);
  const packed = order.openItems.length > 0 ? order.openItems : shipped;
  const rows = order.items
    .map((item) => ({
      ...item,
      quantity: packed.reduce((sum, one) => sum + (one.productId === item.productId ? one.quantity : 0), 0),
    }))
    .filter(({ quantity }) => quantity > 0);
  const { customer } = order;
  const address = addressSchema.safeParse(customer.address).data;
  return (
    <PageContent
      trail={[
        { href: "/console/orders", label: "Orders" },
        { href: `/console/orders/${id}`, label: `Order ${order.number}` },
      ]}
      className="max-w-3xl print:max-w-none print:text-black"
      title={`Packing slip, order ${order.number}`}
      beside={
        <span className="flex flex-wrap items-center gap-4 print:hidden">
          <PrintButton />
          <TextLink className="inline-flex min-h-11 items-center" href={`/console/orders/${id}`}>
            Back to the order
          </TextLink>
        </span>
      }
    >
      <div className="grid gap-6 sm:grid-cols-2">
        <div>
          <h2 className="mb-1">Ship to</h2>
          <address className="not-italic whitespace-pre-line wrap-anywhere">
            {address ? addressLines(address, customer.name).join("\n") : (customer.name ?? customer.email)}
          </address>
        </div>
        <div>
          <h2 className="mb-1">Order</h2>
          <p>Number {order.number}</p>
          <p>
            Placed <Timestamp at={order.createdAt} />
          </p>
        </div>
      </div>
      <Table
        caption="Items"
        columns={(column) => [
          column("Item", ({ name }) => name),
          column("SKU", ({ sku }) => sku),
          column("Quantity", ({ quantity }) => quantity),
          column("Packed", () => <span aria-hidden className="inline-block size-4 border border-edge" />),
        ]}
        rows={rows}
        empty={<p>Nothing to pack: this order does not ship.</p>}
      />
    </PageContent>
  );
});
