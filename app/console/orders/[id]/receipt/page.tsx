import { consolePage } from "@/app/console/console-page";
import { Card, StatusBadge, Timestamp } from "@/app/ui/display";
import { OrderLine, OrderLines } from "@/app/ui/order-lines";
import { formatMoney } from "@/lib/money";
import { inspectOrder } from "@/lib/orders/inspect-order";
import { PrintedPage, Recipient } from "../print";

export const metadata = { title: "Receipt" };

/** What the customer has paid, and what was paid back. */
export default consolePage<never, "id">(async ({ id }) => {
  const order = await inspectOrder(id);
  const { currency } = order.total;
  const captured = order.payments.reduce((sum, payment) => sum + payment.captured.amount, 0);
  const paidBack = order.refunds.filter(({ status }) => status === "succeeded");
  const refunded = paidBack.reduce((sum, refund) => sum + refund.amount.amount, 0);
  return (
    <PrintedPage order={order} title="Receipt">
      <div className="grid gap-6 sm:grid-cols-2">
        <div>
          <h2 className="mb-1">Customer</h2>
          <Recipient {...order} />
          <p className="wrap-anywhere">{order.customer.email}</p>
        </div>
        <div>
          <h2 className="mb-1">Order</h2>
          <p>Number {order.number}</p>
          <p>
            Placed <Timestamp at={order.createdAt} /> UTC
          </p>
          <p>
            <StatusBadge status={order.status} />
          </p>
        </div>
      </div>
      <Card title="Items">
        <OrderLines discount={order.discount} items={order.items} total={order.total} />
      </Card>
      <Card title="Payment">
        <ul className="grid gap-2">
          <OrderLine amount={formatMoney({ amount: captured, currency })}>Paid</OrderLine>
          {paidBack.map(({ id, amount, at }) => (
            <OrderLine amount={`−${formatMoney(amount)}`} key={id}>
              Refunded <Timestamp at={at} />
            </OrderLine>
          ))}
          <OrderLine
            amount={formatMoney({ amount: captured - refunded, currency })}
            className="border-line border-t pt-2 font-semibold"
          >
            Paid in the end
          </OrderLine>
        </ul>
      </Card>
    </PrintedPage>
  );
});
