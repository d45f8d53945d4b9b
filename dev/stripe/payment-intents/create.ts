import type { z } from "zod";
import { type Account, newId } from "../account";
import { checkAmount } from "../currencies";
import { fullAddress, mergeMetadata } from "../fields";
import { requireCustomer } from "../find";
import type { FormValue } from "../form";
import { parse } from "../params";
import { methodToUse } from "../payment-methods";
import type { PaymentIntentRecord } from "../records";
import { checkReturnUrl, confirmIntent } from "./confirm";
import { checkOwner, offeredTypes } from "./methods";
import { checkChoice, checkConfirming, createParams, refuseTypeList } from "./params";

type CreateParams = z.infer<typeof createParams>;

function automatic(params: CreateParams): PaymentIntentRecord["automatic_payment_methods"] {
  if (params.allowed_payment_method_types || params.automatic_payment_methods?.enabled === false) return null;
  return { enabled: true, allow_redirects: params.automatic_payment_methods?.allow_redirects ?? "always" };
}

function blank(account: Account, params: CreateParams, currency: string): PaymentIntentRecord {
  const id = newId("pi");
  const { shipping } = params;
  return {
    id,
    object: "payment_intent",
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    amount: params.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: automatic(params),
    canceled_at: null,
    cancellation_reason: null,
    capture_method: params.capture_method ?? "automatic_async",
    client_secret: `${id}_${newId("secret")}`,
    confirmation_method: params.confirmation_method ?? "automatic",
    created: account.now(),
    currency,
    customer: params.customer ?? null,
    customer_account: null,
    description: params.description ?? null,
    excluded_payment_method_types: params.excluded_payment_method_types ?? null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: mergeMetadata({}, params.metadata),
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: "automatic" },
    },
    payment_method_types: offeredTypes(params.allowed_payment_method_types, params.excluded_payment_method_types),
    payment_record: null,
    processing: null,
    receipt_email: params.receipt_email ?? null,
    review: null,
    setup_future_usage: params.setup_future_usage ?? null,
    shipping: shipping ? { ...shipping, address: fullAddress(shipping.address) } : null,
    source: null,
    statement_descriptor: params.statement_descriptor ?? null,
    statement_descriptor_suffix: params.statement_descriptor_suffix ?? null,
    status: "requires_payment_method",
    transfer_data: null,
    transfer_group: null,
  };
}

/** `POST /v1/payment_intents`, confirming at once with `confirm=true`. */
export function createIntent(account: Account, form: { [key: string]: FormValue }): PaymentIntentRecord {
  refuseTypeList(form);
  const params = parse(createParams, form);
  const currency = checkAmount(params.amount, params.currency);
  checkChoice(params);
  checkConfirming(params);
  if (params.customer) requireCustomer(account, params.customer, "customer");
  const made = blank(account, params, currency);
  if (params.confirm) checkReturnUrl(made, params.return_url);
  const method = params.payment_method && methodToUse(account, params.payment_method, "payment_method");
  if (method) checkOwner(method, made.customer);
  const intent = account.paymentIntents.put(
    method ? { ...made, payment_method: method.id, status: "requires_confirmation" } : made,
  );
  account.emit("payment_intent.created", intent);
  if (!params.confirm) return intent;
  const { error_on_requires_action, off_session, return_url, use_stripe_sdk } = params;
  return confirmIntent(account, intent, { error_on_requires_action, off_session, return_url, use_stripe_sdk });
}
