import Stripe from "stripe";
import type { RefundStatus } from "@/prisma/generated/enums";
import { ago, DAY, HOUR, MINUTE } from "./clock";
import { db, Prisma } from "./db";
import { stripeEnv } from "./env";
import { AppError, parseRetryAfter } from "./errors";
import { fingerprint } from "./ids";

let client: Stripe | undefined;

/** Returns Stripe's official client. It does not retry, because Inngest retries and counts the attempts. */
export function stripe(): Stripe {
  if (client) return client;
  const { STRIPE_SECRET_KEY, STRIPE_API_URL, STRIPE_TIMEOUT_MS } = stripeEnv();
  const apiUrl = STRIPE_API_URL ? new URL(STRIPE_API_URL) : undefined;
  client = new Stripe(STRIPE_SECRET_KEY, {
    maxNetworkRetries: 0,
    timeout: STRIPE_TIMEOUT_MS,
    telemetry: false,
    ...(apiUrl && {
      host: apiUrl.hostname,
      port: apiUrl.port || undefined,
      protocol: apiUrl.protocol === "http:" ? "http" : "https",
    }),
  });
  return client;
}

/** Returns the page of a payment in Stripe's dashboard. Another server at `STRIPE_API_URL` shows its payments itself. */
export function stripePaymentUrl(intentId: string): string {
  const { STRIPE_SECRET_KEY, STRIPE_API_URL } = stripeEnv();
  const dashboard = `https://dashboard.stripe.com${STRIPE_SECRET_KEY.includes("_test_") ? "/test" : ""}`;
  return `${STRIPE_API_URL ? new URL(STRIPE_API_URL).origin : dashboard}/payments/${encodeURIComponent(intentId)}`;
}

/**
 * Calls Stripe and classifies its errors. A transient error becomes an `AppError` `stripe_unavailable` with `retry`. All other
 * errors, such as a decline or a refused parameter, are thrown unchanged.
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

/** Stripe stores a key for at least 24 hours (docs.stripe.com/api/idempotent_requests). A later call reads Stripe first. */
export const IDEMPOTENCY_KEY_TTL_MS = 20 * HOUR;

/** A row that stores its idempotency key, because Stripe forgets a key after 24 hours. */
interface KeyedRow {
  id: string;
  idempotencyKey: string;
  idempotencyKeyVersion: number;
}

/**
 * Runs calls of Stripe under the idempotency key of a row. Stripe replays its refusals and its own errors (5xx) under the same key
 * for a day. After one of them the version of the key rises, so the next call is a new request.
 */
export async function withIdempotencyKey<T>(
  table: "payments" | "refunds" | "subscription_charges" | "payouts",
  { id, idempotencyKey, idempotencyKeyVersion: version }: KeyedRow,
  work: (key: string) => Promise<T>,
): Promise<T> {
  try {
    return await work(`${idempotencyKey}:${version}`);
  } catch (error) {
    const cause = error instanceof AppError ? error.cause : undefined;
    const failed = cause instanceof Stripe.errors.StripeError && (cause.statusCode ?? 0) >= 500;
    if (failed || error instanceof Stripe.errors.StripeError)
      await db().$executeRaw`
        UPDATE ${Prisma.raw(table)} SET idempotency_key_version = ${version + 1} WHERE id = ${id} AND idempotency_key_version = ${version}`;
    throw error;
  }
}

/**
 * Creates a PaymentIntent and does not confirm it. Stripe refuses a key that it knows with other parameters, so the key contains
 * them. A new version of the code that sends other parameters creates another intent, and an unconfirmed intent charges nothing.
 */
export function createPaymentIntent(
  key: string,
  params: Stripe.PaymentIntentCreateParams,
): Promise<Stripe.PaymentIntent> {
  const idempotencyKey = `${key}:${fingerprint(params).slice(0, 16)}`;
  return callStripe((stripe) => stripe.paymentIntents.create(params, { idempotencyKey }));
}

/** Confirms a PaymentIntent. Returns its state, also after a decline, or if it has succeeded or is canceled already. */
export async function confirmPaymentIntent(
  intentId: string,
  params: Stripe.PaymentIntentConfirmParams,
  idempotencyKey: string,
): Promise<Stripe.PaymentIntent> {
  try {
    return await callStripe((stripe) => stripe.paymentIntents.confirm(intentId, params, { idempotencyKey }));
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    if (error.type !== "StripeCardError" && error.code !== "payment_intent_unexpected_state") throw error;
    return error.payment_intent ?? callStripe((stripe) => stripe.paymentIntents.retrieve(intentId));
  }
}

/** Cancels a PaymentIntent. Returns its state, also if it has succeeded or is canceled already. */
export function cancelPaymentIntent(intentId: string): Promise<Stripe.PaymentIntent> {
  return callStripe((stripe) => stripe.paymentIntents.cancel(intentId)).catch((error) => {
    if (!hasCode(error, "payment_intent_unexpected_state")) throw error;
    return callStripe((stripe) => stripe.paymentIntents.retrieve(intentId));
  });
}

/** Returns a PaymentIntent; undefined if Stripe has none with that id. */
export function findPaymentIntent(intentId: string): Promise<Stripe.PaymentIntent | undefined> {
  return callStripe((stripe) => stripe.paymentIntents.retrieve(intentId)).catch((error) => {
    if (hasCode(error, "resource_missing")) return undefined;
    throw error;
  });
}

/** Returns whether Stripe refused a call with this code. */
export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Stripe.errors.StripeError && error.code === code;

/** Returns all refunds of a PaymentIntent. */
export async function listRefunds(intentId: string): Promise<Stripe.Refund[]> {
  return (await callStripe((stripe) => stripe.refunds.list({ payment_intent: intentId, limit: 100 }))).data;
}

/** Returns our status of a refund at Stripe. */
export function refundStatus({ status }: Stripe.Refund): RefundStatus {
  if (status === "succeeded") return "succeeded";
  return status === "failed" || status === "canceled" ? "failed" : "pending";
}

/** Returns all disputes of a PaymentIntent. */
export async function listDisputes(intentId: string): Promise<Stripe.Dispute[]> {
  const { data } = await callStripe((stripe) => stripe.disputes.list({ payment_intent: intentId, limit: 100 }));
  return data;
}

/** The receipt of a webhook about a PaymentIntent that Stripe does not have. */
export const PAYMENT_INTENT_NOT_FOUND = "Stripe has no such PaymentIntent.";

/** A network error, 5xx, 429, 409 (two requests under one key at once), or 401 (our API key is not accepted at the moment). */
function isTransient(error: Stripe.errors.StripeError): boolean {
  const status = error.statusCode;
  return status === undefined || status >= 500 || status === 429 || status === 409 || status === 401;
}

/** By then the run that created a PaymentIntent has stored its id. */
const STRIPE_GRACE_MS = 15 * MINUTE;
/** A first scan starts here. */
const FIRST_SPAN_MS = DAY;
/** The most that Stripe returns (docs.stripe.com/api/pagination). */
const PAGE_SIZE = 100;
/** The most pages of a span. Stripe lists only newest first, so all of them are read before the cursor moves. */
const MAX_PAGES = 20;

/** What every object of a list has. `created` is in seconds since 1970. */
interface Listed {
  id: string;
  created: number;
}

interface Page<T> {
  data: T[];
  has_more: boolean;
}

interface SpanParams {
  /** In seconds since 1970. */
  created: { gt: number; lte: number };
  limit: number;
  starting_after?: string;
}

/**
 * Reads what Stripe created after `cursor`, page by page: all of it, or a part of the time if that has too many pages. Returns the next
 * cursor, and whether there is more to read now. A page may be read again.
 */
export async function readSpan<T extends Listed>(
  cursor: string | null,
  at: Date,
  list: (params: SpanParams) => Promise<Page<T>>,
  read: (page: T[]) => Promise<void> | void,
): Promise<{ cursor: string; more: boolean }> {
  const seconds = (date: Date) => Math.floor(date.getTime() / 1_000);
  const gt = cursor === null ? seconds(ago(FIRST_SPAN_MS, at)) : Number(cursor);
  const end = Math.max(gt, seconds(ago(STRIPE_GRACE_MS, at)));
  for (let span = end - gt; ; span = Math.ceil(span / 2)) {
    const lte = gt + span;
    if (await readPages({ gt, lte }, list, read)) return { cursor: String(lte), more: lte < end };
  }
}

/** Returns false, after some pages, if a span of more than a second has too many. */
async function readPages<T extends Listed>(
  created: SpanParams["created"],
  list: (params: SpanParams) => Promise<Page<T>>,
  read: (page: T[]) => Promise<void> | void,
): Promise<boolean> {
  let params: SpanParams = { created, limit: PAGE_SIZE };
  for (let pages = 1; ; pages++) {
    const { data, has_more } = await list(params);
    const last = data.at(-1);
    if (!has_more || !last) {
      await read(data);
      return true;
    }
    // The rest of the span may have as many objects in a second as this page. A page within a second says only that they are many.
    const rest = last.created - created.gt - 1;
    const expected = pages + rest / Math.max(0.01, (data[0]?.created ?? 0) - last.created);
    if (rest > 0 && expected > MAX_PAGES) return false;
    await read(data);
    params = { ...params, starting_after: last.id };
  }
}
