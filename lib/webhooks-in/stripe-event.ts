import type Stripe from "stripe";
import type { PaymentStatus } from "@/prisma/generated/enums";
import { db } from "../db";
import { stripeEnv } from "../env";
import { AppError, messageOf } from "../errors";
import { EVENTS } from "../events";
import { stripe } from "../stripe";
import { receive, type WebhookAction } from "../webhook-inbox";
import { STRIPE_EVENTS } from "./subscribed-events";

/** Stripe's advice (docs.stripe.com/webhooks, "Preventing replay attacks"), in seconds. */
const TOLERANCE = 300;

/**
 * Takes in a webhook of Stripe: its signature over the raw body is checked, then it is recorded. Its payload is never
 * applied (events come late, twice and in any order): a workflow reads the object from Stripe.
 *
 * @throws AppError `invalid_signature` (400); nothing is recorded then.
 */
export async function receiveStripeEvent(body: string, signature: string | null): Promise<string> {
  const event = verify(body, signature);
  const intentId = isSupported(event) ? intentOf(event) : null;
  const disposition = intentId
    ? await decideWebhookAction(event, intentId)
    : { receipt: `Nothing to do for ${event.type}.` };
  return receive(
    { provider: "stripe", id: event.id, type: event.type, objectId: intentId, payload: event },
    disposition,
  );
}

function verify(body: string, signature: string | null): Stripe.Event {
  if (!signature) throw new AppError("invalid_signature", 400, "The header Stripe-Signature is missing.");
  try {
    return stripe().webhooks.constructEvent(body, signature, stripeEnv().STRIPE_WEBHOOK_SECRET, TOLERANCE);
  } catch (cause) {
    throw new AppError("invalid_signature", 400, `The signature does not fit: ${messageOf(cause).split("\n")[0]}`, {
      cause,
    });
  }
}

type SupportedEvent = Extract<Stripe.Event, { type: (typeof STRIPE_EVENTS)[number] }>;

/** An endpoint may have been set up for more than it needs. */
const isSupported = (event: Stripe.Event): event is SupportedEvent => STRIPE_EVENTS.some((type) => type === event.type);

/** The PaymentIntent that an event is about. */
function intentOf({ data: { object } }: SupportedEvent): string | null {
  if (object.object === "payment_intent") return object.id;
  const intent = object.payment_intent;
  return typeof intent === "string" ? intent : (intent?.id ?? null);
}

/** The states of a payment in which an event tells nothing new, because they were read from Stripe itself. */
const KNOWN: Record<string, PaymentStatus[]> = {
  "payment_intent.succeeded": ["succeeded"],
  "payment_intent.payment_failed": ["failed", "canceled", "succeeded"],
  "payment_intent.canceled": ["canceled"],
};

async function decideWebhookAction(event: Stripe.Event, intentId: string): Promise<WebhookAction> {
  const [payment] = await db().$queryRaw<
    { status: PaymentStatus }[]
  >`SELECT status FROM payments WHERE intent_id = ${intentId}`;
  if (!payment) return decideOtherWebhookAction(event, intentId);
  if (KNOWN[event.type]?.includes(payment.status)) return { receipt: `The payment is known to be ${payment.status}.` };
  if (event.type.startsWith("payment_intent.") && payment.status === "confirming")
    return { leave: "The run that charges it will see it." };
  // Declined, it is closed by the run that gives the order up: it writes that down, or the reconciler does.
  if (event.type === "payment_intent.canceled" && payment.status === "failed")
    return { leave: "Whoever closes it will see it." };
  return { announce: { name: EVENTS.PAYMENT_CHANGED, id: `payment-changed:${event.id}`, data: { intentId } } };
}

/** A PaymentIntent that is no order's: a subscription's, or another system's. */
async function decideOtherWebhookAction(event: Stripe.Event, intentId: string): Promise<WebhookAction> {
  const [charge] = await db().$queryRaw<{ id: string; captured: number }[]>`
    SELECT id, captured FROM subscription_charges WHERE intent_id = ${intentId}`;
  if (!charge) return { receipt: `PaymentIntent ${intentId} is not of this shop.` };
  // A failed attempt is known to the run that made it; only money that came, or went back, may be news.
  const news =
    event.type === "payment_intent.succeeded" ? charge.captured === 0 : !event.type.startsWith("payment_intent.");
  if (!news) return { receipt: "The subscription's charge is known to be so." };
  const data = { chargeId: charge.id };
  return { announce: { name: EVENTS.SUBSCRIPTION_PAYMENT_CHANGED, id: `subscription-changed:${event.id}`, data } };
}
