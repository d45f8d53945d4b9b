import { Button, ButtonLink } from "@/app/ui/button";
import { Card } from "@/app/ui/display";
import { LocalTime } from "@/app/ui/timestamp";
import { addressLines } from "@/lib/address";
import { hasReceipt } from "@/lib/order-state/status";
import type { OrderView } from "@/lib/orders/view-order";
import { buyAgain } from "./actions";

/** Who ordered when, and the address that the order ships to. */
export function Delivery({ order }: { order: OrderView }) {
  const { email, name, shippingAddress, placedAt } = order;
  return (
    <Card className="wrap-anywhere" title="Delivery">
      <dl className="grid gap-4 sm:grid-cols-2">
        <div>
          <dt className="text-muted text-sm">Shipping address</dt>
          <dd>
            {shippingAddress ? (
              <address className="not-italic whitespace-pre-line">
                {addressLines(shippingAddress, name ?? null).join("\n")}
              </address>
            ) : (
              "None was given."
            )}
          </dd>
        </div>
        <div>
          <dt className="text-muted text-sm">Contact</dt>
          <dd>{email}</dd>
          <dt className="mt-3 text-muted text-sm">Ordered</dt>
          <dd>
            <LocalTime at={placedAt} />
          </dd>
        </div>
      </dl>
    </Card>
  );
}

/** The receipt of an order that was paid, and a button that puts its items into the cart again. */
export function OrderLinks({ order, token }: { order: OrderView; token: string }) {
  const { id } = order;
  return (
    <div className="flex flex-wrap gap-3">
      {hasReceipt(order) ? (
        <ButtonLink href={`/orders/${id}/receipt${token && `?token=${token}`}`} kind="quiet">
          Receipt
        </ButtonLink>
      ) : null}
      <form action={buyAgain}>
        <input name="id" type="hidden" value={id} />
        <input name="token" type="hidden" value={token} />
        <Button kind="quiet" type="submit">
          Buy again
        </Button>
      </form>
    </div>
  );
}
