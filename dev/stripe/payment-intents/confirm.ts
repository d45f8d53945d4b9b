import { type Account, type ChargeRecord, newId, type PaymentIntentRecord, type PaymentMethodRecord } from "../account";
import { makeCharge } from "../charges";
import { openDispute } from "../disputes";
import { badParameter, declined, refused } from "../errors";
import { GENERIC_DECLINE, methodToUse, requiresAuthentication, type TestCard, testCardOf } from "../payment-methods";
import { type ConfirmParams, checkFutureUsage, checkOwner, offeredTypes } from "./params";

const RETURN_URL_NEEDED =
  "A `return_url` must be specified because this Payment Intent is configured to automatically accept the payment methods enabled in the Dashboard, some of which may require a full page redirect to succeed. If you do not want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.";

const AUTHENTICATION_NEEDED = {
  code: "authentication_required",
  decline_code: "authentication_required",
  message: "Your card was declined. This transaction requires authentication.",
};

function checkState(intent: PaymentIntentRecord): void {
  const code = "payment_intent_unexpected_state";
  if (intent.status === "succeeded") {
    const message =
      "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.";
    throw refused(message, code, { payment_intent: intent });
  }
  if (!["requires_payment_method", "requires_confirmation", "requires_action"].includes(intent.status))
    throw refused(
      `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action.`,
      code,
      { payment_intent: intent },
    );
}

function methodFor(account: Account, intent: PaymentIntentRecord, given: string | undefined): PaymentMethodRecord {
  const id = given ?? intent.payment_method;
  if (!id)
    throw refused(
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
      "payment_intent_unexpected_state",
      { payment_intent: intent },
    );
  const method = methodToUse(account, id, "payment_method");
  checkOwner(method, intent.customer);
  return method;
}

/** Throws without a return URL where redirects are possible ("Manage default payment methods"). */
export function checkReturnUrl(intent: PaymentIntentRecord, url: string | undefined): void {
  if (url === undefined) {
    if (intent.automatic_payment_methods?.allow_redirects === "always")
      throw badParameter(RETURN_URL_NEEDED, "return_url");
    return;
  }
  if (!URL.canParse(url)) throw badParameter("Not a valid URL", "return_url", "url_invalid");
}

/** Moves an intent through the state machine ("How PaymentIntents work"): to succeeded, to requires_action, or back with a decline. */
export function confirmIntent(
  account: Account,
  before: PaymentIntentRecord,
  given: ConfirmParams,
): PaymentIntentRecord {
  checkState(before);
  checkReturnUrl(before, given.return_url);
  const { allowed_payment_method_types: allowed, off_session, setup_future_usage = before.setup_future_usage } = given;
  checkFutureUsage(off_session, setup_future_usage);
  const method = methodFor(account, before, given.payment_method);
  const intent = account.paymentIntents.save({
    ...before,
    payment_method: method.id,
    payment_method_types: allowed ? offeredTypes(allowed) : before.payment_method_types,
    last_payment_error: null,
    next_action: null,
    setup_future_usage,
    status: "requires_confirmation",
  });
  if (given.return_url) account.returnUrls.save({ id: intent.id, url: given.return_url });
  if (!requiresAuthentication(account, method.id, off_session)) return charge(account, intent, method, false);
  if (off_session || given.error_on_requires_action) throw fail(account, intent, method, AUTHENTICATION_NEEDED);
  return requireAuthentication(account, intent, given);
}

/** Charges the card: succeeds, or records the failed charge and throws the decline. */
function charge(
  account: Account,
  intent: PaymentIntentRecord,
  method: PaymentMethodRecord,
  authenticated: boolean,
): PaymentIntentRecord {
  const made = makeCharge(account, intent, method, authenticated);
  const { dispute, ...card } = testCardOf(account, method.id);
  const decline = account.declines() ? GENERIC_DECLINE : card.decline;
  if (decline) throw fail(account, intent, method, decline, made);
  recordUse(account, intent, method);
  const done = account.paymentIntents.save({
    ...intent,
    amount_received: intent.amount,
    latest_charge: made.id,
    next_action: null,
    status: "succeeded",
  });
  account.emit("payment_intent.succeeded", done);
  if (dispute) openDispute(account, made, dispute);
  return done;
}

/**
 * A payment uses up a payment method without a customer. With `setup_future_usage` it attaches the method to the customer of the
 * intent, and sets it up ("Save payment details during payment").
 */
function recordUse(account: Account, intent: PaymentIntentRecord, method: PaymentMethodRecord): void {
  const { setup_future_usage: usage } = intent;
  const customer = method.customer ?? (usage && intent.customer);
  if (customer && !method.customer)
    account.emit("payment_method.attached", account.paymentMethods.save({ ...method, customer }));
  const card = account.cards.get(method.id);
  if (card) account.cards.save({ ...card, used: !customer, setUp: card.setUp || usage === "off_session" });
}

function fail(
  account: Account,
  intent: PaymentIntentRecord,
  method: PaymentMethodRecord,
  decline: NonNullable<TestCard["decline"]>,
  made?: ChargeRecord,
) {
  const failed = account.paymentIntents.save({
    ...intent,
    last_payment_error: { type: "card_error", ...decline, charge: made?.id, payment_method: method },
    latest_charge: made?.id ?? intent.latest_charge,
    next_action: null,
    payment_method: null,
    status: "requires_payment_method",
  });
  account.emit("payment_intent.payment_failed", failed);
  return declined(decline, failed, method, made);
}

function requireAuthentication(
  account: Account,
  intent: PaymentIntentRecord,
  given: ConfirmParams,
): PaymentIntentRecord {
  // A new address for each attempt: an open page of an earlier attempt cannot decide this one.
  const attempt = newId("att", 12);
  const url = `${account.publicUrl}/3ds/${intent.id}?client_secret=${intent.client_secret}&attempt=${attempt}`;
  const waiting = account.paymentIntents.save({
    ...intent,
    next_action: given.return_url
      ? { type: "redirect_to_url", redirect_to_url: { return_url: given.return_url, url } }
      : { type: "use_stripe_sdk", use_stripe_sdk: { type: "three_d_secure_redirect", stripe_js: url } },
    status: "requires_action",
  });
  account.emit("payment_intent.requires_action", waiting);
  return waiting;
}

/** Applies the outcome of 3-D Secure. After a failure, as after a decline, the intent requires another payment method. */
export function finishAuthentication(
  account: Account,
  intent: PaymentIntentRecord,
  passed: boolean,
): PaymentIntentRecord {
  const method = intent.payment_method ? account.paymentMethods.get(intent.payment_method) : undefined;
  if (!method) throw new Error(`${intent.id} waits for authentication without a payment method`);
  if (passed) return charge(account, intent, method, true);
  const failed = account.paymentIntents.save({
    ...intent,
    last_payment_error: {
      type: "invalid_request_error",
      code: "payment_intent_authentication_failure",
      message:
        "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.",
      payment_method: method,
    },
    next_action: null,
    payment_method: null,
    status: "requires_payment_method",
  });
  account.emit("payment_intent.payment_failed", failed);
  return failed;
}
