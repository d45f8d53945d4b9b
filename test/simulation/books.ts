import type Stripe from "stripe";
import type { Cast } from "./act";

interface List<T> {
  data: T[];
}

interface PaymentRow {
  intent: string;
  captured: number;
}

const quote = (value: unknown) => JSON.stringify(value);

/** Compares what Stripe holds with our books: every payment, every refund, every transfer. Returns what differs. */
export async function compareBooks({ world }: Cast): Promise<string[]> {
  const list = async <T>(path: string) => (await world.stripeApi<List<T>>("GET", `${path}?limit=100`)).data;
  const [intents, refunds, transfers] = await Promise.all([
    list<Stripe.PaymentIntent>("/v1/payment_intents"),
    list<Stripe.Refund>("/v1/refunds"),
    list<Stripe.Transfer>("/v1/transfers"),
  ]);
  const payments = await world.sql<PaymentRow>(
    `SELECT intent_id AS intent, captured FROM payments WHERE intent_id IS NOT NULL
     UNION ALL SELECT intent_id, captured FROM subscription_charges WHERE intent_id IS NOT NULL`,
  );
  const stored = await world.sql<{ id: string; amount: number; status: string }>(
    `SELECT stripe_refund_id AS id, amount, status::text FROM refunds WHERE stripe_refund_id IS NOT NULL
     UNION ALL SELECT id, amount, status::text FROM subscription_refunds
     UNION ALL SELECT detail->>'stripeRefundId', (detail->>'amount')::int, 'succeeded' FROM alerts WHERE kind = 'refund_exceeds_payment'`,
  );
  return [
    ...intents.flatMap((intent) => comparePayment(intent, payments)),
    ...payments
      .filter(({ intent, captured }) => captured > 0 && !intents.some(({ id }) => id === intent))
      .map(({ intent }) => `we hold money of ${intent}, which Stripe does not have`),
    ...refunds.flatMap((refund) => compareRefund(refund, stored)),
    ...stored
      .filter(({ id, status }) => status === "succeeded" && !refunds.some((refund) => refund.id === id))
      .map(({ id }) => `we count the refund ${id}, which Stripe does not have`),
    ...(await comparePayouts(world, transfers)),
  ];
}

function comparePayment(intent: Stripe.PaymentIntent, payments: PaymentRow[]): string[] {
  const { id, status, amount_received } = intent;
  const ours = payments.find((payment) => payment.intent === id);
  if (status === "succeeded")
    return ours?.captured === amount_received
      ? []
      : [`Stripe has collected ${amount_received} with ${id}, and we know ${quote(ours?.captured)}`];
  if (status === "canceled") return ours?.captured ? [`we hold money of ${id}, which Stripe has cancelled`] : [];
  return [`${id} can still be paid: ${status}`];
}

function compareRefund(
  { id, status, amount }: Stripe.Refund,
  stored: { id: string; amount: number; status: string }[],
): string[] {
  const ours = stored.find((refund) => refund.id === id);
  if (ours?.status === status && ours.amount === amount) return [];
  if (status === "failed" && !ours) return [];
  return [`Stripe has the refund ${id} of ${amount}, ${status}, and we know ${quote(ours)}`];
}

async function comparePayouts(world: Cast["world"], transfers: Stripe.Transfer[]): Promise<string[]> {
  const expenses = await world.sql<{ id: string; status: string; amount: number }>(
    "SELECT id, status::text, amount FROM expenses",
  );
  return expenses.flatMap(({ id, status, amount }) => {
    const sent = transfers
      .filter(({ metadata }) => metadata.expense_id === id)
      .reduce((sum, transfer) => sum + transfer.amount - transfer.amount_reversed, 0);
    const owed = status === "paid" ? amount : 0;
    return sent === owed ? [] : [`expense ${id} is ${status}: ${sent} of ${owed} was sent`];
  });
}
