import type { Account } from "../account";
import { checkAmount } from "../currencies";
import { badParameter, refused } from "../errors";
import { fullAddress, mergeMetadata } from "../fields";
import { requireCustomer, requireIntent } from "../find";
import type { FormValue } from "../form";
import { listParams, page } from "../listing";
import { parse, text, unsupported } from "../params";
import { methodToUse } from "../payment-methods";
import type { PaymentIntentRecord } from "../records";
import { confirmIntent } from "./confirm";
import { checkOwner } from "./methods";
import { cancelParams, captureParams, confirmParams, refuseTypeList, updateParams } from "./params";

type Form = { [key: string]: FormValue };

const intentListParams = listParams({ customer: text().optional(), customer_account: unsupported() });

const unexpected = (intent: PaymentIntentRecord, verb: string, past: string, allowed: string) =>
  refused(
    `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be ${past}: ${allowed}.`,
    "payment_intent_unexpected_state",
    { payment_intent: intent },
  );

export function confirm(account: Account, id: string, form: Form): PaymentIntentRecord {
  refuseTypeList(form);
  const params = parse(confirmParams, form);
  return confirmIntent(account, requireIntent(account, id), params);
}

const CANCELABLE = "requires_payment_method, requires_capture, requires_confirmation, requires_action, processing";

export function cancel(account: Account, id: string, form: Form): PaymentIntentRecord {
  const params = parse(cancelParams, form);
  const intent = requireIntent(account, id);
  if (!CANCELABLE.split(", ").includes(intent.status)) throw unexpected(intent, "cancel", "canceled", CANCELABLE);
  releaseHold(account, intent);
  const canceled = account.paymentIntents.put({
    ...intent,
    amount_capturable: 0,
    canceled_at: account.now(),
    cancellation_reason: params.cancellation_reason ?? null,
    next_action: null,
    status: "canceled",
  });
  account.emit("payment_intent.canceled", canceled);
  return canceled;
}

/** Cancelling an authorised, uncaptured payment gives the hold on the card back, which shows as a refunded charge. */
function releaseHold(account: Account, intent: PaymentIntentRecord): void {
  const charge = intent.latest_charge ? account.charges.get(intent.latest_charge) : undefined;
  if (intent.status !== "requires_capture" || !charge) return;
  account.emit("charge.refunded", account.charges.put({ ...charge, amount_refunded: charge.amount, refunded: true }));
}

export function capture(account: Account, id: string, form: Form): PaymentIntentRecord {
  const params = parse(captureParams, form);
  const intent = requireIntent(account, id);
  const charge = intent.latest_charge ? account.charges.get(intent.latest_charge) : undefined;
  if (intent.status !== "requires_capture" || !charge)
    throw unexpected(intent, "capture", "captured", "requires_capture");
  const amount = params.amount_to_capture ?? intent.amount_capturable;
  if (amount > intent.amount_capturable) {
    throw badParameter(
      "The amount to capture must be less than or equal to the amount authorized.",
      "amount_to_capture",
      "amount_too_large",
    );
  }
  account.emit("charge.captured", account.charges.put({ ...charge, amount_captured: amount, captured: true }));
  const done = account.paymentIntents.put({
    ...intent,
    amount_capturable: 0,
    amount_received: amount,
    metadata: mergeMetadata(intent.metadata, params.metadata),
    status: "succeeded",
  });
  account.emit("payment_intent.succeeded", done);
  return done;
}

/** After the end only what describes the payment may change; before it, what is charged too. */
export function update(account: Account, id: string, form: Form): PaymentIntentRecord {
  refuseTypeList(form);
  const params = parse(updateParams, form);
  const intent = requireIntent(account, id);
  const open = ["requires_payment_method", "requires_confirmation", "requires_action"].includes(intent.status);
  if (!open && (params.amount ?? params.currency ?? params.payment_method ?? params.customer) !== undefined) {
    throw unexpected(intent, "update", "updated", "requires_payment_method, requires_confirmation, requires_action");
  }
  const amount = params.amount ?? intent.amount;
  const currency = checkAmount(amount, params.currency ?? intent.currency);
  if (params.customer) requireCustomer(account, params.customer, "customer");
  const customer = params.customer ?? intent.customer;
  const method = params.payment_method ? methodToUse(account, params.payment_method, "payment_method") : undefined;
  if (method) checkOwner(method, customer);
  const { shipping } = params;
  return account.paymentIntents.put({
    ...intent,
    amount,
    currency,
    customer,
    payment_method: method?.id ?? intent.payment_method,
    status: method ? "requires_confirmation" : intent.status,
    next_action: method ? null : intent.next_action,
    capture_method: params.capture_method ?? intent.capture_method,
    description: params.description === undefined ? intent.description : params.description,
    metadata: mergeMetadata(intent.metadata, params.metadata),
    receipt_email: params.receipt_email === undefined ? intent.receipt_email : params.receipt_email,
    setup_future_usage: params.setup_future_usage ?? intent.setup_future_usage,
    shipping: shipping ? { ...shipping, address: fullAddress(shipping.address) } : intent.shipping,
    statement_descriptor: params.statement_descriptor ?? intent.statement_descriptor,
    statement_descriptor_suffix: params.statement_descriptor_suffix ?? intent.statement_descriptor_suffix,
  });
}

export function listIntents(account: Account, url: string, form: Form) {
  const params = parse(intentListParams, form);
  if (params.customer) requireCustomer(account, params.customer, "customer");
  return page(account.paymentIntents, url, params, "payment_intent", (intent) => {
    return params.customer === undefined || intent.customer === params.customer;
  });
}
