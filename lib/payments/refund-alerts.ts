import type Stripe from "stripe";
import { raiseAlert } from "../alerts";
import type { Tx } from "../db";
import { formatMoney } from "../money";

/**
 * Raises an alert, once: Stripe has made a refund of money that is paid back already, in another way. It is not recorded. `detail`
 * names the order or the charge.
 */
export async function alertExcessRefund(
  tx: Tx,
  { id: stripeRefundId, amount, ...refund }: Stripe.Refund,
  detail: { orderId: string } | { chargeId: string },
): Promise<void> {
  const currency = refund.currency.toUpperCase();
  await raiseAlert(
    {
      kind: "refund_exceeds_payment",
      incident: `refund-exceeds-payment:${stripeRefundId}`,
      once: true,
      subject: `Refund ${stripeRefundId} at Stripe pays ${formatMoney({ amount, currency })} back a second time`,
      detail: { ...detail, stripeRefundId, amount, currency },
    },
    tx,
  );
}
