import { z } from "zod";
import { badParameter } from "../errors";
import { address, boolean, expand, integer, list, metadata, oneOf, text, unsettable, unsupported } from "../params";

const shipping = () =>
  z
    .strictObject({
      name: text(),
      phone: text().optional(),
      address: address(),
      carrier: text().optional(),
      tracking_number: text().optional(),
    })
    .optional();

/** Known to the API of this version, not modelled here. */
const unsupportedEverywhere = {
  amount_details: unsupported(),
  hooks: unsupported(),
  payment_details: unsupported(),
  payment_method_data: unsupported(),
  payment_method_options: unsupported(),
};

const unsupportedAtConfirm = {
  confirmation_token: unsupported(),
  mandate: unsupported(),
  mandate_data: unsupported(),
  radar_options: unsupported(),
};

const unsupportedConnect = {
  application_fee_amount: unsupported(),
  customer_account: unsupported(),
  payment_method_configuration: unsupported(),
  transfer_data: unsupported(),
  transfer_group: unsupported(),
};

const choice = { allowed_payment_method_types: list().optional(), excluded_payment_method_types: list().optional() };
const captureMethod = oneOf(["automatic", "automatic_async", "manual"]).optional();
const futureUsage = oneOf(["off_session", "on_session"]).optional();

/** What only means something when the call confirms. */
const confirming = {
  error_on_requires_action: boolean().optional(),
  off_session: boolean().optional(),
  return_url: text().optional(),
};

const descriptive = {
  customer: text().optional(),
  description: unsettable().optional(),
  metadata: metadata().optional(),
  payment_method: text().optional(),
  receipt_email: unsettable().optional(),
  setup_future_usage: futureUsage,
  shipping: shipping(),
  statement_descriptor: text().optional(),
  statement_descriptor_suffix: text().optional(),
};

export const createParams = z.strictObject({
  amount: integer(1),
  currency: text(),
  automatic_payment_methods: z
    .strictObject({ enabled: boolean(), allow_redirects: oneOf(["always", "never"]).optional() })
    .optional(),
  capture_method: captureMethod,
  confirm: boolean().optional(),
  confirmation_method: oneOf(["automatic", "manual"]).optional(),
  use_stripe_sdk: boolean().optional(),
  expand: expand(),
  ...choice,
  ...confirming,
  ...descriptive,
  on_behalf_of: unsupported(),
  ...unsupportedEverywhere,
  ...unsupportedAtConfirm,
  ...unsupportedConnect,
});

export const updateParams = z.strictObject({
  amount: integer(1).optional(),
  currency: text().optional(),
  capture_method: captureMethod,
  expand: expand(),
  ...choice,
  ...descriptive,
  ...unsupportedEverywhere,
  ...unsupportedConnect,
});

export const confirmParams = z.strictObject({
  capture_method: captureMethod,
  payment_method: text().optional(),
  receipt_email: unsettable().optional(),
  setup_future_usage: futureUsage,
  shipping: shipping(),
  use_stripe_sdk: boolean().optional(),
  expand: expand(),
  ...choice,
  ...confirming,
  amount_to_confirm: unsupported(),
  ...unsupportedEverywhere,
  ...unsupportedAtConfirm,
});

export const cancelParams = z.strictObject({
  cancellation_reason: oneOf(["duplicate", "fraudulent", "requested_by_customer", "abandoned"]).optional(),
  expand: expand(),
});

export const captureParams = z.strictObject({
  amount_to_capture: integer(1).optional(),
  metadata: metadata().optional(),
  statement_descriptor: text().optional(),
  statement_descriptor_suffix: text().optional(),
  expand: expand(),
  amount_details: unsupported(),
  application_fee_amount: unsupported(),
  final_capture: unsupported(),
  hooks: unsupported(),
  payment_details: unsupported(),
  transfer_data: unsupported(),
});

export type ConfirmParams = z.infer<typeof confirmParams>;

/** Since 2026-09-30.endive a list of types can be narrowed or excluded from, not set (changelog, Endive). */
export function refuseTypeList(form: object): void {
  if (!Object.keys(form).includes("payment_method_types")) return;
  throw badParameter(
    "The parameter payment_method_types is no longer supported. Use allowed_payment_method_types, excluded_payment_method_types or dynamic payment methods.",
    "payment_method_types",
    "payment_method_types_no_longer_supported",
  );
}

/** `allowed_payment_method_types` stands alone (changelog 2026-07-29, "Adds the allowed payment method types parameter"). */
export function checkChoice(params: z.infer<typeof createParams>): void {
  if (!params.allowed_payment_method_types) return;
  for (const other of ["automatic_payment_methods", "excluded_payment_method_types"] as const) {
    if (params[other] === undefined) continue;
    throw badParameter(
      `You may only specify one of these parameters: allowed_payment_method_types, ${other}.`,
      "allowed_payment_method_types",
      "parameters_exclusive",
    );
  }
}

/** Refuses what is documented to be usable only with `confirm=true`. */
export function checkConfirming(params: z.infer<typeof createParams>): void {
  if (params.confirm) return;
  for (const name of ["return_url", "off_session", "error_on_requires_action"] as const) {
    if (params[name] === undefined) continue;
    throw badParameter(`The parameter \`${name}\` can only be used when \`confirm\` is set to true.`, name);
  }
}
