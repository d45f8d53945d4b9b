import { z } from "zod";
import type { PaymentIntentRecord } from "../account";
import { badParameter, refused } from "../errors";
import { boolean, integer, list, metadata, oneOf, params, text, unsettable, unsettableOneOf } from "../params";

const UNSUPPORTED = [
  ...["amount_details", "capture_method", "hooks", "payment_details", "payment_method_data", "payment_method_options"],
  ...["excluded_payment_method_types", "receipt_email", "shipping", "use_stripe_sdk"],
  ...["confirmation_token", "mandate", "mandate_data", "radar_options"],
];
const UNSUPPORTED_AT_CREATE = [
  ...["application_fee_amount", "confirmation_method", "customer_account", "on_behalf_of", "statement_descriptor"],
  ...["statement_descriptor_suffix", "payment_method_configuration", "transfer_data", "transfer_group"],
];

const USAGES = ["off_session", "on_session"] as const;

const confirming = {
  allowed_payment_method_types: list().optional(),
  error_on_requires_action: boolean().optional(),
  off_session: boolean().optional(),
  payment_method: text().optional(),
  return_url: text().optional(),
};

export const createParams = params(
  {
    amount: integer(1),
    currency: text(),
    automatic_payment_methods: z
      .strictObject({ enabled: boolean(), allow_redirects: oneOf(["always", "never"]).optional() })
      .optional(),
    confirm: boolean().optional(),
    customer: text().optional(),
    description: unsettable().optional(),
    metadata: metadata().optional(),
    setup_future_usage: oneOf(USAGES).optional(),
    ...confirming,
  },
  [...UNSUPPORTED, ...UNSUPPORTED_AT_CREATE],
);

export const confirmParams = params({ ...confirming, setup_future_usage: unsettableOneOf(USAGES).optional() }, [
  "amount_to_confirm",
  ...UNSUPPORTED,
]);

export const cancelParams = params({
  cancellation_reason: oneOf(["duplicate", "fraudulent", "requested_by_customer", "abandoned"]).optional(),
});

export type ConfirmParams = z.infer<typeof confirmParams.schema>;

/** Throws when `allowed_payment_method_types` is combined with `automatic_payment_methods` (changelog 2026-07-29). */
export function checkTypes(given: z.infer<typeof createParams.schema>): void {
  if (!given.allowed_payment_method_types || !given.automatic_payment_methods) return;
  throw badParameter(
    "You may only specify one of these parameters: allowed_payment_method_types, automatic_payment_methods.",
    "allowed_payment_method_types",
    "parameters_exclusive",
  );
}

/** Throws for parameters that need `confirm=true`. */
export function checkConfirming(given: z.infer<typeof createParams.schema>): void {
  if (given.confirm) return;
  for (const name of ["return_url", "off_session", "error_on_requires_action"] as const) {
    if (given[name] === undefined) continue;
    throw badParameter(`The parameter \`${name}\` can only be used when \`confirm\` is set to true.`, name);
  }
}

/** Throws for an off-session payment that would also set up its payment method for off-session payments. */
export function checkFutureUsage(
  offSession: boolean | undefined,
  usage: PaymentIntentRecord["setup_future_usage"],
): void {
  if (!offSession || !usage) return;
  throw refused(
    "You cannot confirm with the `off_session` parameter when `setup_future_usage` is also set on the PaymentIntent because you cannot set up future usages when processing payments off-session.",
  );
}

/** The payment method types that the dashboard enables: cards, and Link, which may redirect. */
const ENABLED_TYPES = ["card", "link"];

/** The enabled types that are allowed. */
export function offeredTypes(allowed = ENABLED_TYPES): string[] {
  const offered = ENABLED_TYPES.filter((type) => allowed.includes(type));
  if (offered.length > 0) return offered;
  throw badParameter(
    "No valid payment method types for this Payment Intent. Please ensure that you have activated payment methods compatible with your chosen currency and amount.",
    "allowed_payment_method_types",
  );
}

/** Throws when a payment method belongs to a customer and is used without that customer. */
export function checkOwner(method: { id: string; customer: string | null }, customer: string | null): void {
  if (!method.customer || method.customer === customer) return;
  if (!customer)
    throw refused(
      "The payment method you provided is attached to a customer so for security purposes you must provide the customer in the request.",
    );
  throw refused(
    `The customer does not have a payment method with the ID ${method.id}. The payment method must be attached to the customer.`,
    "resource_missing",
    { param: "payment_method" },
  );
}
