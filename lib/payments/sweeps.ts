import type Stripe from "stripe";
import { raiseAlert } from "../alerts";
import { ago, MINUTE } from "../clock";
import { db, Prisma, type Row } from "../db";
import { installationId, isOwn } from "../installation";
import { isOpen } from "../order-state/status";
import { callStripe, findPaymentIntent, readSpan } from "../stripe";
import type { Sweep } from "../sweep";
import { executeRefund } from "./process-refund";
import { syncPaymentIntent } from "./sync-order-payment";

/** `process-refund` makes a refund within seconds unless Stripe is down, and its retries are further apart than this. */
const REFUND_GRACE_MS = 10 * MINUTE;

export const pendingRefunds: Sweep = {
  name: "pending-refunds",
  description: "Makes refunds whose run was lost, and polls those that Stripe has not completed.",
  intervalMs: MINUTE,
  find: (at) => Prisma.sql`
    SELECT r.id FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.status = 'pending' AND r.updated_at < ${ago(REFUND_GRACE_MS, at)}
      AND (p.provider = 'stripe' OR NOT EXISTS (SELECT 1 FROM manual_queue m WHERE m.kind = 'refund' AND m.entity_id = r.id)) ORDER BY r.created_at`,
  repair: executeRefund,
};

/**
 * Compares each PaymentIntent at Stripe with our payments and the charges of subscriptions, once, a quarter of an hour after it was
 * created. It finds captured payments without an order, which no webhook would report, and cancels intents whose creation Stripe
 * answered with an error. Intents without the id of this installation belong to another one, or to another system, and are left alone.
 */
export const stripePayments: Sweep = {
  name: "stripe-payments",
  description: "Compares the PaymentIntents at Stripe with our payments.",
  intervalMs: 10 * MINUTE,
  async scan(cursor, at) {
    const ids: string[] = [];
    const list = (params: Stripe.PaymentIntentListParams) => callStripe((stripe) => stripe.paymentIntents.list(params));
    const span = await readSpan(cursor, at, list, async (page) => void ids.push(...(await differing(page))));
    return { ids, ...span };
  },
  async repair(intentId) {
    const intent = await findPaymentIntent(intentId);
    if (!intent || !(await isOwn(intent))) return;
    const found = isOfCharge(intent)
      ? compareCharge(intent, await chargesOf([intent]))
      : compare(intent, await paymentsOf([intent]));
    if (found === "agrees") return;
    if (found === "unknown") return repairUnknown(intent);
    if (found.status === "succeeded") await alertMismatch(found, intent);
    else await syncPaymentIntent(intent.id);
  },
};

const PAYMENT_FIELDS = {
  id: true,
  intentId: true,
  status: true,
  captured: true,
  order: { select: { status: true } },
} satisfies Prisma.PaymentSelect;
type KnownPayment = Row<"payment", { select: typeof PAYMENT_FIELDS }>;

const paymentIdOf = ({ metadata }: Stripe.PaymentIntent) => metadata.payment_id ?? "";

/** The payments that intents belong to, by the stored id of the intent or by the intent's metadata. */
const paymentsOf = (intents: Stripe.PaymentIntent[]): Promise<KnownPayment[]> =>
  db().payment.findMany({
    where: { OR: [{ intentId: { in: intents.map(({ id }) => id) } }, { id: { in: intents.map(paymentIdOf) } }] },
    select: PAYMENT_FIELDS,
  });

const chargeIdOf = ({ metadata }: Stripe.PaymentIntent) => metadata.subscription_charge_id ?? "";
const isOfCharge = (intent: Stripe.PaymentIntent) => chargeIdOf(intent) !== "";

const CHARGE_FIELDS = { id: true, intentId: true, status: true } as const;
type KnownCharge = Row<"subscriptionCharge", { select: typeof CHARGE_FIELDS }>;

/** The charges of subscriptions that intents belong to, found as payments are. */
const chargesOf = (intents: Stripe.PaymentIntent[]): Promise<KnownCharge[]> =>
  db().subscriptionCharge.findMany({
    where: { OR: [{ intentId: { in: intents.map(({ id }) => id) } }, { id: { in: intents.map(chargeIdOf) } }] },
    select: CHARGE_FIELDS,
  });

/** Returns the ids of the intents that differ from our payments and charges. */
async function differing(intents: Stripe.PaymentIntent[]): Promise<string[]> {
  const installation = await installationId();
  const ours = intents.filter(({ metadata }) => metadata.installation_id === installation);
  const [ofOrders, ofCharges] = [ours.filter(({ metadata }) => metadata.order_id), ours.filter(isOfCharge)];
  const payments = await paymentsOf(ofOrders);
  const charges = ofCharges.length > 0 ? await chargesOf(ofCharges) : [];
  return [
    ...ofOrders.filter((intent) => compare(intent, payments) !== "agrees"),
    ...ofCharges.filter((intent) => compareCharge(intent, charges) !== "agrees"),
  ].map(({ id }) => id);
}

/** Returns the payment that shows another state than its intent; `unknown`: no payment has the intent. */
function compare(intent: Stripe.PaymentIntent, payments: KnownPayment[]): KnownPayment | "agrees" | "unknown" {
  // The run is between Stripe's answer and its next statement, or will repeat the call.
  const inProgress = ({ id, intentId, order }: KnownPayment) =>
    id === paymentIdOf(intent) && intentId === null && isOpen(order.status);
  if (payments.some(inProgress)) return "agrees";
  const payment = payments.find(({ intentId }) => intentId === intent.id);
  if (!payment) return intent.status === "canceled" ? "agrees" : "unknown";
  if (payment.status === "succeeded") return payment.captured === intent.amount_received ? "agrees" : payment;
  return intent.status === "succeeded" ? payment : "agrees";
}

/** Whether a charge has an intent, or may still get its id. What became of a known intent is the concern of other sweeps. */
function compareCharge(intent: Stripe.PaymentIntent, charges: KnownCharge[]): "agrees" | "unknown" {
  const isKnown = charges.some(
    ({ id, intentId, status }) =>
      intentId === intent.id || (intentId === null && status === "open" && id === chargeIdOf(intent)),
  );
  return isKnown || intent.status === "canceled" ? "agrees" : "unknown";
}

/** Handles an intent without a payment: the process died between Stripe's answer and the statement that stores the intent's id. */
async function repairUnknown(intent: Stripe.PaymentIntent): Promise<void> {
  const { id: intentId, status, metadata, amount_received: amount, currency } = intent;
  if (status === "succeeded")
    await raiseAlert({
      kind: "unknown_payment",
      incident: `unknown-payment:${intentId}`,
      once: true,
      subject: `Stripe has a payment without ${isOfCharge(intent) ? "a charge of a subscription" : "an order"}: ${intentId}`,
      detail: {
        ...{ intentId, orderId: metadata.order_id ?? null, amount, currency },
        subscriptionId: metadata.subscription_id ?? null,
      },
    });
  else await callStripe((stripe) => stripe.paymentIntents.cancel(intentId));
}

/** Stripe and our books differ on the captured amount. A person decides. */
async function alertMismatch({ id: paymentId, captured }: KnownPayment, intent: Stripe.PaymentIntent): Promise<void> {
  const { id: intentId, amount_received: atStripe, currency } = intent;
  await raiseAlert({
    kind: "amount_mismatch",
    incident: `amount-mismatch:${intentId}`,
    once: true,
    subject: `The captured amount of payment ${paymentId} differs from Stripe`,
    detail: { paymentId, intentId, captured, atStripe, currency },
  });
}
