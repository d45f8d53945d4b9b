import { badParameter, refused } from "../errors";

/** What this account's dashboard has switched on: cards, and Link, which may redirect. */
const DASHBOARD = ["card", "link"];

/** The types that remain after `allowed_…` and `excluded_…`; what Stripe cannot offer here is left out silently. */
export function offeredTypes(allowed: string[] | undefined, excluded: string[] | undefined): string[] {
  const offered = DASHBOARD.filter((type) => (!allowed || allowed.includes(type)) && !excluded?.includes(type));
  if (offered.length > 0) return offered;
  throw badParameter(
    "No valid payment method types for this Payment Intent. Please ensure that you have activated payment methods compatible with your chosen currency and amount.",
    allowed ? "allowed_payment_method_types" : "excluded_payment_method_types",
  );
}

/** A payment method that belongs to a customer is only used together with that customer. */
export function checkOwner(method: { id: string; customer: string | null }, customer: string | null): void {
  if (!method.customer || method.customer === customer) return;
  if (!customer) {
    throw refused(
      "The payment method you provided is attached to a customer so for security purposes you must provide the customer in the request.",
    );
  }
  throw refused(
    `The customer does not have a payment method with the ID ${method.id}. The payment method must be attached to the customer.`,
    "resource_missing",
    { param: "payment_method" },
  );
}
