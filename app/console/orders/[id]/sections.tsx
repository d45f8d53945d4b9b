import { Breakable } from "@/app/ui/breakable";
import { Copyable } from "@/app/ui/copyable";
import { Badge, Card, StatusBadge, Titled } from "@/app/ui/display";
import { TextLink } from "@/app/ui/link";
import { Table } from "@/app/ui/list";
import { OrderLines } from "@/app/ui/order-lines";
import { Timestamp } from "@/app/ui/timestamp";
import { addressLines, addressSchema } from "@/lib/address";
import { formatMoney } from "@/lib/money";
import { declineReason } from "@/lib/order-state/declines";
import type { OrderDetails } from "@/lib/orders/inspect-order";

/** The customer, the shipping address and the items of an order. */
export function OrderSummary({ customer, items, total, discount }: OrderDetails) {
  return (
    <Card className="grid gap-5">
      <div className="grid gap-x-8 gap-y-4 sm:grid-cols-[auto_minmax(8rem,1fr)]">
        <div className="min-w-0">
          <h2 className="mb-1">Customer</h2>
          <p>
            {customer.userId ? (
              <TextLink href={`/console/customers/${customer.userId}`}>{customer.name ?? "Account"}</TextLink>
            ) : (
              (customer.name ?? "No name")
            )}
          </p>
          <p className="wrap-anywhere">
            <TextLink href={`/console/orders?q=${encodeURIComponent(customer.email)}`}>
              <Breakable text={customer.email} />
            </TextLink>
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
                <TextLink href={`/console/products/${item.productId}`}>{item.name}</TextLink>{" "}
                <span className="whitespace-nowrap text-muted text-sm">{item.sku}</span>
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
        <address className="whitespace-pre-line not-italic">{addressLines(data, null).join("\n")}</address>
      ) : (
        <p className="text-muted">No shipping address</p>
      )}
    </div>
  );
}

/** The payment attempts and the refunds of an order. */
export function Payments({ payments, refunds, disputes }: OrderDetails) {
  return (
    <Titled title="Payments">
      <Table
        caption="Payments"
        columns={(column) => [
          column("Payment", ({ attempt, intentId, url, at }) => (
            <>
              Attempt {attempt} · <Timestamp at={at} />
              <span className="block font-mono font-normal text-muted text-xs">
                {url && intentId ? (
                  <Copyable label="payment id" text={intentId}>
                    <a className="text-accent underline" href={url}>
                      {intentId}
                    </a>
                  </Copyable>
                ) : (
                  "not created at Stripe yet"
                )}
              </span>
            </>
          )),
          column("Status", ({ status, failureCode }) => (
            <>
              <StatusBadge status={status} />
              {failureCode ? (
                <span className="block text-muted" title={failureCode}>
                  {declineReason(failureCode)}
                </span>
              ) : null}
            </>
          )),
          column("Captured", ({ captured }) => formatMoney(captured)),
          column("Refunded", ({ refunded }) => formatMoney(refunded)),
        ]}
        rows={payments}
        empty={<p className="text-muted">No payments.</p>}
      />
      <Table
        caption="Refunds"
        columns={(column) => [
          column("Refund", ({ reason }) => `Refund: ${reason.replaceAll("_", " ")}`),
          column("Status", ({ status }) => <StatusBadge status={status} />),
          column("Amount", ({ amount }) => formatMoney(amount)),
          column("Created", ({ at }) => <Timestamp at={at} />),
        ]}
        rows={refunds}
      />
      <Table
        caption="Disputes"
        columns={(column) => [
          column("Dispute", ({ reason }) => `Dispute: ${reason.replaceAll("_", " ")}`),
          column("Status", ({ status }) => <StatusBadge status={status} />),
          column("Amount", ({ amount }) => formatMoney(amount)),
          column("Created", ({ at }) => <Timestamp at={at} />),
        ]}
        rows={disputes}
      />
    </Titled>
  );
}

/** The shipments of an order, with the items of each. */
export function Shipments({ shipment, items }: OrderDetails) {
  const nameOf = (productId: string) => items.find((item) => item.productId === productId)?.name ?? productId;
  return (
    <Table
      title="Shipments"
      columns={(column) => [
        column("Shipment", ({ carrier, trackingNumber, trackingUrl, shippedAt }) => (
          <>
            {carrier}{" "}
            <Copyable label="tracking number" text={trackingNumber}>
              {trackingUrl ? (
                <a className="text-accent wrap-break-word underline" href={trackingUrl}>
                  {trackingNumber}
                </a>
              ) : (
                <span className="wrap-break-word">{trackingNumber}</span>
              )}
            </Copyable>
            <span className="block font-normal text-muted">
              shipped <Timestamp at={shippedAt} />
            </span>
          </>
        )),
        column("Items", (parcel) =>
          parcel.items.map(({ productId, quantity }) => `${quantity} × ${nameOf(productId)}`).join(", "),
        ),
        column("Delivered", ({ deliveredAt }) =>
          deliveredAt ? <Timestamp at={deliveredAt} /> : <Badge>In transit</Badge>,
        ),
      ]}
      rows={shipment?.parcels ?? []}
      empty={<p className="text-muted">No shipments yet.</p>}
    />
  );
}

const MESSAGE_TEXTS: Record<OrderDetails["messages"][number]["channel"], (target: string) => string> = {
  sms: (phone) => `SMS to ${phone}`,
  push: (device) => `Push notification to ${device}`,
  crm: () => "Note in the CRM",
};

/** The emails and messages about an order, on all channels. */
export function Messages({ emails, messages }: OrderDetails) {
  const rows = [
    ...emails.map(({ id, to, subject, status, lastEvent, at }) => ({
      ...{
        text: <TextLink href={`/console/emails/${id}`}>{subject}</TextLink>,
        note: `Email to ${to}`,
        status: lastEvent?.replace("email.", "") ?? status,
        at,
      },
    })),
    ...messages.map(({ channel, target, status, provider, error, at }) => ({
      ...{ text: MESSAGE_TEXTS[channel](target), status, at },
      note: error ?? (provider && provider !== "outbox" ? `by ${provider}` : ""),
    })),
  ];
  return (
    <Table
      title="Emails and messages"
      columns={(column) => [
        column("Message", ({ text, note }) => (
          <>
            {text}
            <span className="block font-normal text-muted text-sm">{note}</span>
          </>
        )),
        column("Status", ({ status }) => <StatusBadge status={status} />),
        column("Created", ({ at }) => <Timestamp at={at} />),
      ]}
      rows={rows}
      empty={<p className="text-muted">No messages yet.</p>}
    />
  );
}

/** The events about an order, each with a link to its runs. */
export function Runs({ runs }: OrderDetails) {
  return (
    <Table
      title="Runs"
      columns={(column) => [
        column("Event", ({ event, url }) => (
          <a className="text-accent underline" href={url}>
            {event}
          </a>
        )),
        column("Published", ({ at }) => <Timestamp at={at} />),
      ]}
      rows={runs}
    />
  );
}
