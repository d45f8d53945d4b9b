import Stripe from "stripe";
import { HOUR } from "./clock";
import { stripeEnv } from "./env";
import { AppError } from "./errors";
import { fingerprint } from "./ids";
import { parseRetryAfter } from "./retry-after";

let client: Stripe | undefined;

/** Stripe's official client. Retries are the engine's business, so that there is one place that counts them. */
export function stripe(): Stripe {
  if (client) return client;
  const { STRIPE_SECRET_KEY, STRIPE_API_URL, STRIPE_TIMEOUT_MS } = stripeEnv();
  const elsewhere = STRIPE_API_URL ? new URL(STRIPE_API_URL) : undefined;
  client = new Stripe(STRIPE_SECRET_KEY, {
    maxNetworkRetries: 0,
    timeout: STRIPE_TIMEOUT_MS,
    telemetry: false,
    ...(elsewhere && {
      host: elsewhere.hostname,
      port: elsewhere.port || undefined,
      protocol: elsewhere.protocol === "http:" ? "http" : "https",
    }),
  });
  return client;
}

/**
 * Calls Stripe and sorts its failures: what may heal by itself becomes an `AppError` that asks for a retry; everything
 * else (a decline, a refused parameter) is Stripe's own error, for the caller to read.
 */
export async function callStripe<T>(call: (stripe: Stripe) => Promise<T>): Promise<T> {
  try {
    return await call(stripe());
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError) || !isTransient(error)) throw error;
    const retry = parseRetryAfter(error.headers?.["retry-after"]);
    throw new AppError("stripe_unavailable", 503, `Stripe: ${error.message}`, { retry, cause: error });
  }
}

/** Stripe keeps a key for 24 hours at least (docs.stripe.com/api/idempotent_requests); from here on it is asked first. */
export const IDEMPOTENCY_KEY_TTL = 20 * HOUR;

/**
 * Creates a PaymentIntent that is not confirmed yet. Stripe refuses a key that it has seen with other parameters, so they
 * are part of the key: what a new version asks otherwise than the one before it is another request, and an intent that
 * nobody confirms takes no money.
 */
export function createPaymentIntent(
  key: string,
  params: Stripe.PaymentIntentCreateParams,
): Promise<Stripe.PaymentIntent> {
  const idempotencyKey = `${key}:${fingerprint(params).slice(0, 16)}`;
  return callStripe((stripe) => stripe.paymentIntents.create(params, { idempotencyKey }));
}

/** A PaymentIntent as it is now; nothing where Stripe has none of that id. */
export function findPaymentIntent(intentId: string): Promise<Stripe.PaymentIntent | undefined> {
  return callStripe((stripe) => stripe.paymentIntents.retrieve(intentId)).catch((error) => {
    if (error instanceof Stripe.errors.StripeError && error.code === "resource_missing") return undefined;
    throw error;
  });
}

/** What is said of a PaymentIntent that Stripe does not have. */
export const PAYMENT_INTENT_NOT_FOUND = "Stripe has no such PaymentIntent.";

/** Network trouble, 5xx, 429, two requests under one key at once, and a key of ours that Stripe does not take just now. */
function isTransient(error: Stripe.errors.StripeError): boolean {
  const status = error.statusCode;
  return status === undefined || status >= 500 || status === 429 || status === 409 || status === 401;
}

/** Whether Stripe answered with an error of its own (5xx), which it will repeat for 24 hours under the same key. */
export function isReplayedError(error: unknown): boolean {
  return (
    error instanceof AppError &&
    error.cause instanceof Stripe.errors.StripeError &&
    (error.cause.statusCode ?? 0) >= 500
  );
}
