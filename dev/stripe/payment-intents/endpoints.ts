import type { z } from "zod";
import { type Account, type Endpoint, find, newId, type PaymentIntentRecord } from "../account";
import { checkAmount } from "../currencies";
import { refused } from "../errors";
import { mergeMetadata, parse } from "../params";
import { methodToUse } from "../payment-methods";
import { checkReturnUrl, confirmIntent } from "./confirm";
import {
  cancelParams,
  checkConfirming,
  checkFutureUsage,
  checkOwner,
  checkTypes,
  confirmParams,
  createParams,
  offeredTypes,
} from "./params";

type CreateParams = z.infer<typeof createParams.schema>;

function automatic(given: CreateParams): PaymentIntentRecord["automatic_payment_methods"] {
  if (given.allowed_payment_method_types || given.automatic_payment_methods?.enabled === false) return null;
  return { enabled: true, allow_redirects: given.automatic_payment_methods?.allow_redirects ?? "always" };
}

function newIntent(account: Account, given: CreateParams, currency: string): PaymentIntentRecord {
  const id = newId("pi");
  return {
    id,
    object: "payment_intent",
    allowed_payment_method_types: given.allowed_payment_method_types ?? null,
    amount: given.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    automatic_payment_methods: automatic(given),
    capture_method: "automatic_async",
    client_secret: `${id}_${newId("secret")}`,
    confirmation_method: "automatic",
    created: account.now(),
    currency,
    customer: given.customer ?? null,
    description: given.description ?? null,
    excluded_payment_method_types: null,
    livemode: false,
    metadata: mergeMetadata({}, given.metadata),
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: "automatic" },
    },
    payment_method_types: offeredTypes(given.allowed_payment_method_types),
    setup_future_usage: given.setup_future_usage ?? null,
    status: "requires_payment_method",
    // Not set at creation.
    ...{ application: null, application_fee_amount: null, canceled_at: null, cancellation_reason: null },
    ...{ customer_account: null, last_payment_error: null, latest_charge: null, managed_payments: null },
    ...{ next_action: null, on_behalf_of: null, payment_method: null },
    ...{ payment_method_configuration_details: null, payment_record: null, processing: null, review: null },
    ...{ source: null, transfer_data: null, transfer_group: null },
    ...{ receipt_email: null, shipping: null, statement_descriptor: null },
    statement_descriptor_suffix: null,
  };
}

/** `POST /v1/payment_intents`, confirming at once with `confirm=true`. */
export const createIntent: Endpoint = ({ account, form }) => {
  const given = parse(createParams, form);
  const currency = checkAmount(given.amount, given.currency);
  checkTypes(given);
  checkConfirming(given);
  checkFutureUsage(given.off_session, given.setup_future_usage ?? null);
  if (given.customer) find(account.customers, "customer", given.customer, "customer");
  const made = newIntent(account, given, currency);
  if (given.confirm) checkReturnUrl(made, given.return_url);
  const method = given.payment_method && methodToUse(account, given.payment_method, "payment_method");
  if (method) checkOwner(method, made.customer);
  const intent = account.paymentIntents.save(
    method ? { ...made, payment_method: method.id, status: "requires_confirmation" } : made,
  );
  account.emit("payment_intent.created", intent);
  if (!given.confirm) return intent;
  const { error_on_requires_action, off_session, return_url } = given;
  return confirmIntent(account, intent, { error_on_requires_action, off_session, return_url });
};

const intentOf = (account: Account, id: string) => find(account.paymentIntents, "payment_intent", id, "intent");

/** `POST /v1/payment_intents/:id/confirm`. */
export const confirmEndpoint: Endpoint = ({ account, id, form }) => {
  return confirmIntent(account, intentOf(account, id), parse(confirmParams, form));
};

const CANCELABLE = "requires_payment_method, requires_capture, requires_confirmation, requires_action, processing";

/** `POST /v1/payment_intents/:id/cancel`. */
export const cancelIntent: Endpoint = ({ account, id, form }) => {
  const { cancellation_reason = null } = parse(cancelParams, form);
  const intent = intentOf(account, id);
  if (!CANCELABLE.split(", ").includes(intent.status))
    throw refused(
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${CANCELABLE}.`,
      "payment_intent_unexpected_state",
      { payment_intent: intent },
    );
  const canceled = account.paymentIntents.save({
    ...intent,
    canceled_at: account.now(),
    cancellation_reason,
    next_action: null,
    status: "canceled",
  });
  account.emit("payment_intent.canceled", canceled);
  return canceled;
};
