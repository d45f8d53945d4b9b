import type { ChargeRecord, PaymentIntentRecord, PaymentMethodRecord } from "./account";

export interface ErrorBody {
  type: "api_error" | "card_error" | "idempotency_error" | "invalid_request_error";
  code?: string;
  message: string;
  param?: string;
  decline_code?: string;
  charge?: string;
  doc_url?: string;
  payment_intent?: PaymentIntentRecord;
  payment_method?: PaymentMethodRecord;
}

/** An answer in Stripe's error shape (docs: "Errors" and "Error codes"). */
export class StripeError extends Error {
  constructor(
    readonly status: number,
    readonly body: ErrorBody,
    /** Whether the endpoint was executed, so that the idempotency key stores the answer ("Idempotent requests"). */
    readonly executed: boolean,
    readonly headers: Record<string, string> = {},
  ) {
    super(body.message);
  }
}

const invalidRequest = (status: number, body: Omit<ErrorBody, "type">, executed: boolean): StripeError =>
  new StripeError(status, { type: "invalid_request_error", doc_url: docsUrl(body.code), ...body }, executed);

const docsUrl = (code: string | undefined): string | undefined =>
  code && `https://docs.stripe.com/error-codes#${code.replaceAll("_", "-")}`;

/** Refused before the endpoint executes: malformed, unknown, missing or contradicting parameters. */
export const badParameter = (message: string, param?: string, code?: string): StripeError =>
  invalidRequest(400, { message, param, code }, false);

/** Refused because of the state of the object. */
export const refused = (message: string, code?: string, extra: Partial<ErrorBody> = {}): StripeError =>
  invalidRequest(400, { message, code, ...extra }, true);

/** 404 for an id in the path, 400 for one in a parameter. */
export function missing(what: string, id: string, param = "id"): StripeError {
  const message = `No such ${what}: '${id}'`;
  return invalidRequest(
    ["intent", "id"].includes(param) ? 404 : 400,
    { code: "resource_missing", message, param },
    true,
  );
}

/** 402: the issuer or the network declined. */
export function declined(
  decline: { code: string; decline_code?: string; message: string },
  payment_intent: PaymentIntentRecord,
  payment_method: PaymentMethodRecord,
  charge?: ChargeRecord,
): StripeError {
  const body = { ...decline, doc_url: docsUrl(decline.code), charge: charge?.id, payment_intent, payment_method };
  return new StripeError(402, { type: "card_error", ...body }, true);
}

export const unauthorized = (message: string): StripeError =>
  new StripeError(401, { type: "invalid_request_error", message }, false, {
    "www-authenticate": 'Bearer realm="Stripe"',
  });

export function rateLimited(): StripeError {
  const message = "Request rate limit exceeded. Learn more about rate limits here https://docs.stripe.com/rate-limits.";
  const body: ErrorBody = {
    type: "invalid_request_error",
    code: "rate_limit",
    message,
    doc_url: docsUrl("rate_limit"),
  };
  const headers = { "retry-after": "1", "stripe-rate-limited-reason": "global-rate", "stripe-should-retry": "true" };
  return new StripeError(429, body, false, headers);
}

/** An error by its status. The idempotency key stores it when the endpoint was executed. */
export function serverError(status: number, executed: boolean, code?: string): StripeError {
  const type = status >= 500 ? "api_error" : status === 402 ? "card_error" : "invalid_request_error";
  const message =
    "An error occurred with our connection to our servers. Please try again; if it persists, contact support.";
  // A stored 500 would only be replayed.
  return new StripeError(status, { type, code, message }, executed, { "stripe-should-retry": String(!executed) });
}
