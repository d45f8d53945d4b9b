import { consolePage } from "@/app/console/console-page";
import { Timestamp } from "@/app/ui/display";
import { Table } from "@/app/ui/list";
import { inspectOrder } from "@/lib/orders/inspect-order";
import { PrintedPage, Recipient } from "../print";

export const metadata = { title: "Packing slip" };

/** What goes into the parcel: the items that are left to ship, or all items when everything has shipped. No prices. */
export default consolePage<never, "id">(async ({ id }) => {
  const order = await inspectOrder(id);
  const open = order.items.flatMap((item) => {
    const quantity = order.openItems.find(({ productId }) => productId === item.productId)?.quantity ?? 0;
    return quantity > 0 ? [{ ...item, quantity }] : [];
  });
  return (
    <PrintedPage order={order} title="Packing slip">
      <div className="grid gap-6 sm:grid-cols-2">
        <div>
          <h2 className="mb-1">Ship to</h2>
          <Recipient {...order} />
        </div>
        <div>
          <h2 className="mb-1">Order</h2>
          <p>Number {order.number}</p>
          <p>
            Placed <Timestamp at={order.createdAt} /> UTC
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
        rows={open.length > 0 ? open : order.items}
      />
    </PrintedPage>
  );
});
