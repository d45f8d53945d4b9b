import { type Account, type Endpoint, find, withGiven } from "../account";
import { checkAmount } from "../currencies";
import { badParameter, refused } from "../errors";
import { mergeMetadata, parse } from "../params";
import { methodToUse } from "../payment-methods";
import type { PaymentIntentRecord } from "../records";
import { confirmIntent } from "./confirm";
import { cancelParams, captureParams, checkOwner, confirmParams, refuseTypeList, updateParams } from "./params";

const intentOf = (account: Account, id: string) => find(account.paymentIntents, "payment_intent", id, "intent");

const unexpected = (intent: PaymentIntentRecord, verb: string, past: string, allowed: string) =>
  refused(
    `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be ${past}: ${allowed}.`,
    "payment_intent_unexpected_state",
    { payment_intent: intent },
  );

export const confirm: Endpoint = ({ account, id, form }) => {
  refuseTypeList(form);
  return confirmIntent(account, intentOf(account, id), parse(confirmParams, form));
};

const CANCELABLE = "requires_payment_method, requires_capture, requires_confirmation, requires_action, processing";

export const cancel: Endpoint = ({ account, id, form }) => {
  const given = parse(cancelParams, form);
  const intent = intentOf(account, id);
  if (!CANCELABLE.split(", ").includes(intent.status)) throw unexpected(intent, "cancel", "canceled", CANCELABLE);
  releaseHold(account, intent);
  const canceled = account.paymentIntents.save({
    ...intent,
    amount_capturable: 0,
    canceled_at: account.now(),
    cancellation_reason: given.cancellation_reason ?? null,
    next_action: null,
    status: "canceled",
  });
  account.emit("payment_intent.canceled", canceled);
  return canceled;
};

/** Releases the hold of an authorised, uncaptured payment. Stripe shows this as a refunded charge. */
function releaseHold(account: Account, intent: PaymentIntentRecord): void {
  const charge = intent.latest_charge ? account.charges.get(intent.latest_charge) : undefined;
  if (intent.status !== "requires_capture" || !charge) return;
  account.emit("charge.refunded", account.charges.save({ ...charge, amount_refunded: charge.amount, refunded: true }));
}

export const capture: Endpoint = ({ account, id, form }) => {
  const given = parse(captureParams, form);
  const intent = intentOf(account, id);
  const charge = intent.latest_charge ? account.charges.get(intent.latest_charge) : undefined;
  if (intent.status !== "requires_capture" || !charge)
    throw unexpected(intent, "capture", "captured", "requires_capture");
  const amount = given.amount_to_capture ?? intent.amount_capturable;
  if (amount > intent.amount_capturable)
    throw badParameter(
      "The amount to capture must be less than or equal to the amount authorized.",
      "amount_to_capture",
      "amount_too_large",
    );
  account.emit("charge.captured", account.charges.save({ ...charge, amount_captured: amount, captured: true }));
  const done = account.paymentIntents.save({
    ...intent,
    amount_capturable: 0,
    amount_received: amount,
    metadata: mergeMetadata(intent.metadata, given.metadata),
    status: "succeeded",
  });
  account.emit("payment_intent.succeeded", done);
  return done;
};

/** Updates an intent. Once it has ended, only its descriptive fields may change. */
export const update: Endpoint = ({ account, id, form }) => {
  refuseTypeList(form);
  const given = parse(updateParams, form);
  const intent = intentOf(account, id);
  const open = ["requires_payment_method", "requires_confirmation", "requires_action"].includes(intent.status);
  if (!open && (given.amount ?? given.currency ?? given.payment_method ?? given.customer) !== undefined)
    throw unexpected(intent, "update", "updated", "requires_payment_method, requires_confirmation, requires_action");
  const amount = given.amount ?? intent.amount;
  const currency = checkAmount(amount, given.currency ?? intent.currency);
  if (given.customer) find(account.customers, "customer", given.customer, "customer");
  const customer = given.customer ?? intent.customer;
  const method = given.payment_method ? methodToUse(account, given.payment_method, "payment_method") : undefined;
  if (method) checkOwner(method, customer);
  const { capture_method, description, receipt_email, setup_future_usage, shipping } = given;
  const { statement_descriptor, statement_descriptor_suffix } = given;
  return account.paymentIntents.save(
    withGiven(intent, {
      ...{ amount, currency, customer, capture_method, description, receipt_email, setup_future_usage, shipping },
      ...{ statement_descriptor, statement_descriptor_suffix },
      ...(method ? { payment_method: method.id, status: "requires_confirmation", next_action: null } : {}),
      metadata: mergeMetadata(intent.metadata, given.metadata),
    }),
  );
};
