import type Stripe from "stripe";
import { z } from "zod";
import type { PaymentStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { db, Prisma } from "../db";
import { stripeEnv } from "../env";
import { AppError } from "../errors";
import { EVENTS } from "../events";
import { stripe } from "../stripe";
import { invalidSignature, receive, type WebhookAction } from "../webhook-inbox";
import { STRIPE_EVENTS } from "./subscribed-events";

/** The tolerance that Stripe recommends against replay attacks (docs.stripe.com/webhooks). */
const TOLERANCE_SECONDS = 300;

/**
 * Verifies a Stripe webhook's signature over the raw body and stores the event. Its payload is never applied, because events come
 * late, twice and in any order: a workflow reads the object from Stripe. Returns a receipt sentence.
 * @throws AppError `invalid_signature` or `malformed_event` (400); nothing is stored then.
 */
export async function receiveStripeEvent(body: string, signature: string | null): Promise<string> {
  const event = verify(body, signature);
  const intentId = isSupported(event) ? intentOf(event) : null;
  const action = intentId
    ? await decideWebhookAction(event, intentId)
    : { receipt: `Nothing to do for ${event.type}.` };
  return receive({ provider: "stripe", id: event.id, type: event.type, objectId: intentId, payload: event }, action);
}

/** What we need of an event. Ids are in Stripe's form, so PostgreSQL can store them. */
const eventSchema = z.looseObject({
  id: z.string().regex(/^evt_\w{1,250}$/),
  type: z.string().regex(/^[\w.]{1,100}$/),
  data: z.looseObject({ object: z.looseObject({}) }),
});
const intentIdSchema = z.string().regex(/^pi_\w{1,250}$/);

function verify(body: string, signature: string | null): Stripe.Event {
  if (!signature) throw new AppError("invalid_signature", 400, "The header Stripe-Signature is missing.");
  const event = verifySignature(body, signature);
  const { error } = eventSchema.safeParse(event);
  if (error) throw new AppError("malformed_event", 400, `This is no event of Stripe's: ${z.prettifyError(error)}`);
  return event;
}

function verifySignature(body: string, signature: string): Stripe.Event {
  try {
    const { STRIPE_WEBHOOK_SECRET } = stripeEnv();
    const event = stripe().webhooks.constructEvent(body, signature, STRIPE_WEBHOOK_SECRET, TOLERANCE_SECONDS);
    checkNotInFuture(signature);
    return event;
  } catch (cause) {
    throw invalidSignature(cause);
  }
}

/** Stripe's library only checks that a signature is not too old. One from the future could be replayed until then. */
function checkNotInFuture(signature: string): void {
  const times = [...signature.matchAll(/(?:^|,)\s*t=(\d+)/g)].map(([, seconds]) => Number(seconds));
  if (Math.max(...times) > now().getTime() / 1_000 + TOLERANCE_SECONDS)
    throw new Error("The timestamp is in the future.");
}

type SupportedEvent = Extract<Stripe.Event, { type: (typeof STRIPE_EVENTS)[number] }>;

/** An endpoint at Stripe may subscribe to more events than we need. */
const isSupported = (event: Stripe.Event): event is SupportedEvent => STRIPE_EVENTS.some((type) => type === event.type);

/** Returns the id of the PaymentIntent that an event is about; null if it names none. */
function intentOf({ data: { object } }: SupportedEvent): string | null {
  const intent = object.object === "payment_intent" ? object.id : object.payment_intent;
  return intentIdSchema.safeParse(typeof intent === "object" ? intent?.id : intent).data ?? null;
}

/** The states of a payment in which an event changes nothing, because the state was read from Stripe itself. */
const NO_OP_STATES: Record<string, PaymentStatus[]> = {
  "payment_intent.succeeded": ["succeeded"],
  "payment_intent.payment_failed": ["failed", "canceled", "succeeded"],
  "payment_intent.canceled": ["canceled"],
};

async function decideWebhookAction(event: Stripe.Event, intentId: string): Promise<WebhookAction> {
  const payment = await db().payment.findUnique({ where: { intentId }, select: { status: true } });
  if (!payment) return decideChargeWebhookAction(event, intentId);
  const { status } = payment;
  const noOp = NO_OP_STATES[event.type] ?? [];
  if (noOp.includes(status)) return { receipt: `The payment is known to be ${status}.` };
  // The run may commit before the event is stored. It holds the payment's lock until then.
  const receipt = Prisma.sql`
    SELECT CASE WHEN status::text = ANY(${noOp}) THEN 'The payment is known to be ' || status || '.' END
    FROM payments WHERE intent_id = ${intentId} FOR SHARE`;
  if (event.type.startsWith("payment_intent.") && status === "confirming")
    return { leave: "The run that charges the payment will process it.", receipt };
  // The run that fails the order cancels the PaymentIntent and marks the event as processed. The reconciler covers a lost run.
  if (event.type === "payment_intent.canceled" && status === "failed")
    return { leave: "The run that cancels the payment will process it.", receipt };
  const data = { intentId, disputed: isDispute(event) };
  return { publish: { name: EVENTS.PAYMENT_CHANGED, id: `payment-changed:${event.id}`, data } };
}

const isDispute = ({ type }: Stripe.Event): boolean => type.startsWith("charge.dispute.");

/** Decides about a PaymentIntent without an order: a subscription's, or one of another system. */
async function decideChargeWebhookAction(event: Stripe.Event, intentId: string): Promise<WebhookAction> {
  const charge = await db().subscriptionCharge.findUnique({ where: { intentId } });
  if (!charge) return { receipt: `PaymentIntent ${intentId} is not of this shop.` };
  // The run of an attempt handles its failure. Only a payment, a refund or a dispute is news.
  const isNew =
    event.type === "payment_intent.succeeded" ? charge.captured === 0 : !event.type.startsWith("payment_intent.");
  if (!isNew) return { receipt: "The event changes nothing about the subscription's charge." };
  const data = { chargeId: charge.id, disputed: isDispute(event) };
  return { publish: { name: EVENTS.SUBSCRIPTION_PAYMENT_CHANGED, id: `subscription-changed:${event.id}`, data } };
}
