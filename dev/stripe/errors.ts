import type { ChargeRecord, PaymentIntentRecord, PaymentMethodRecord } from "./records";

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

/** Refused before the endpoint executes: malformed, unknown, missing or contradicting parameters. */
export function badParameter(message: string, param?: string, code?: string): StripeError {
  return new StripeError(400, { type: "invalid_request_error", message, param, code, doc_url: docs(code) }, false);
}

/** Refused because of the state of the object. */
export function refused(message: string, code?: string, extra: Partial<ErrorBody> = {}): StripeError {
  return new StripeError(400, { type: "invalid_request_error", message, code, doc_url: docs(code), ...extra }, true);
}

/** 404 for an id in the path, 400 for one in a parameter. */
export function missing(what: string, id: string, param?: string): StripeError {
  const status = param === undefined || param === "intent" || param === "id" ? 404 : 400;
  const message = `No such ${what}: '${id}'`;
  return new StripeError(
    status,
    {
      type: "invalid_request_error",
      code: "resource_missing",
      message,
      param: param ?? "id",
      doc_url: docs("resource_missing"),
    },
    true,
  );
}

/** 402: the issuer or the network declined. */
export function declined(
  decline: { code: string; decline_code?: string; message: string },
  intent: PaymentIntentRecord,
  method: PaymentMethodRecord,
  charge?: ChargeRecord,
): StripeError {
  return new StripeError(
    402,
    {
      type: "card_error",
      ...decline,
      doc_url: docs(decline.code),
      charge: charge?.id,
      payment_intent: intent,
      payment_method: method,
    },
    true,
  );
}

export function unauthorized(message: string): StripeError {
  return new StripeError(401, { type: "invalid_request_error", message }, false, {
    "www-authenticate": 'Bearer realm="Stripe"',
  });
}

export function rateLimited(): StripeError {
  return new StripeError(
    429,
    {
      type: "invalid_request_error",
      code: "rate_limit",
      message: "Request rate limit exceeded. Learn more about rate limits here https://docs.stripe.com/rate-limits.",
      doc_url: docs("rate_limit"),
    },
    false,
    { "retry-after": "1", "stripe-rate-limited-reason": "global-rate", "stripe-should-retry": "true" },
  );
}

/** An error by its status. The idempotency key stores it when the endpoint was executed. */
export function serverError(status: number, executed: boolean, code?: string): StripeError {
  return new StripeError(
    status,
    {
      type: status >= 500 ? "api_error" : status === 402 ? "card_error" : "invalid_request_error",
      code,
      message:
        "An error occurred with our connection to our servers. Please try again; if it persists, contact support.",
    },
    executed,
    // A stored 500 would only be replayed.
    { "stripe-should-retry": executed ? "false" : "true" },
  );
}

function docs(code: string | undefined): string | undefined {
  return code && `https://docs.stripe.com/error-codes#${code.replaceAll("_", "-")}`;
}
