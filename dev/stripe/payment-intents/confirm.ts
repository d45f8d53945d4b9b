import { type Account, newId } from "../account";
import { makeCharge } from "../charges";
import { badParameter, declined, refused } from "../errors";
import { fullAddress } from "../fields";
import { attach, methodToUse, testCardOf } from "../payment-methods";
import type { ChargeRecord, PaymentIntentRecord, PaymentMethodRecord } from "../records";
import type { TestCard } from "../test-cards";
import { checkOwner, offeredTypes } from "./methods";
import type { ConfirmParams } from "./params";

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
    throw refused(
      "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.",
      code,
      {
        payment_intent: intent,
      },
    );
  }
  if (!["requires_payment_method", "requires_confirmation", "requires_action"].includes(intent.status)) {
    throw refused(
      `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action.`,
      code,
      { payment_intent: intent },
    );
  }
}

function methodFor(account: Account, intent: PaymentIntentRecord, given: string | undefined): PaymentMethodRecord {
  const id = given ?? intent.payment_method;
  if (!id) {
    throw refused(
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
      "payment_intent_unexpected_state",
      { payment_intent: intent },
    );
  }
  const method = methodToUse(account, id, "payment_method");
  checkOwner(method, intent.customer);
  return method;
}

/** Where redirects are possible, confirming needs somewhere to come back to ("Manage default payment methods"). */
export function checkReturnUrl(intent: PaymentIntentRecord, url: string | undefined): void {
  if (url === undefined) {
    if (intent.automatic_payment_methods?.allow_redirects === "always")
      throw badParameter(RETURN_URL_NEEDED, "return_url");
    return;
  }
  if (!URL.canParse(url)) throw badParameter("Not a valid URL", "return_url", "url_invalid");
}

/** The state machine's step ("How PaymentIntents work"): to succeeded, requires_action, or back with a decline. */
export function confirmIntent(
  account: Account,
  before: PaymentIntentRecord,
  params: ConfirmParams,
): PaymentIntentRecord {
  checkState(before);
  checkReturnUrl(before, params.return_url);
  const method = methodFor(account, before, params.payment_method);
  const { shipping } = params;
  const allowed = params.allowed_payment_method_types;
  const excluded = params.excluded_payment_method_types;
  const intent = account.paymentIntents.put({
    ...before,
    payment_method: method.id,
    payment_method_types: allowed || excluded ? offeredTypes(allowed, excluded) : before.payment_method_types,
    capture_method: params.capture_method ?? before.capture_method,
    receipt_email: params.receipt_email === undefined ? before.receipt_email : params.receipt_email,
    setup_future_usage: params.setup_future_usage ?? before.setup_future_usage,
    shipping: shipping ? { ...shipping, address: fullAddress(shipping.address) } : before.shipping,
    last_payment_error: null,
    next_action: null,
    status: "requires_confirmation",
  });
  if (params.return_url) account.returnUrls.put({ id: intent.id, url: params.return_url });
  if (!testCardOf(account, method.id).authentication) return charge(account, intent, method, false);
  if (params.off_session || params.error_on_requires_action) throw fail(account, intent, method, AUTHENTICATION_NEEDED);
  return askForAuthentication(account, intent, params);
}

/** Charges the card: succeeds, or records the failed charge and throws the decline. */
function charge(
  account: Account,
  intent: PaymentIntentRecord,
  method: PaymentMethodRecord,
  authenticated: boolean,
): PaymentIntentRecord {
  const made = makeCharge(account, intent, method, authenticated);
  const { decline } = testCardOf(account, method.id);
  if (decline) throw fail(account, intent, method, decline, made);
  consume(account, intent, method);
  const manual = intent.capture_method === "manual";
  const done = account.paymentIntents.put({
    ...intent,
    amount_capturable: manual ? intent.amount : 0,
    amount_received: manual ? 0 : intent.amount,
    latest_charge: made.id,
    next_action: null,
    status: manual ? "requires_capture" : "succeeded",
  });
  account.emit(manual ? "payment_intent.amount_capturable_updated" : "payment_intent.succeeded", done);
  return done;
}

/** `setup_future_usage` saves the card to the customer ("Save a payment method during payment"); otherwise it is spent. */
function consume(account: Account, intent: PaymentIntentRecord, method: PaymentMethodRecord): void {
  const card = account.cards.get(method.id);
  if (!card || method.customer) return;
  if (intent.customer && intent.setup_future_usage) attach(account, method, intent.customer);
  else account.cards.put({ ...card, spent: true });
}

function fail(
  account: Account,
  intent: PaymentIntentRecord,
  method: PaymentMethodRecord,
  decline: NonNullable<TestCard["decline"]>,
  made?: ChargeRecord,
) {
  const failed = account.paymentIntents.put({
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

function askForAuthentication(
  account: Account,
  intent: PaymentIntentRecord,
  params: ConfirmParams,
): PaymentIntentRecord {
  // A new address for each attempt, so that a page left open from an earlier one cannot decide this one.
  const attempt = newId("att", 12);
  const url = `${account.publicUrl}/3ds/${intent.id}?client_secret=${intent.client_secret}&attempt=${attempt}`;
  const waiting = account.paymentIntents.put({
    ...intent,
    next_action:
      params.return_url && !params.use_stripe_sdk
        ? { type: "redirect_to_url", redirect_to_url: { return_url: params.return_url, url } }
        : { type: "use_stripe_sdk", use_stripe_sdk: { type: "three_d_secure_redirect", stripe_js: url } },
    status: "requires_action",
  });
  account.emit("payment_intent.requires_action", waiting);
  return waiting;
}

/** What 3-D Secure came to. A failed one, like a decline, sends the intent back for another payment method. */
export function finishAuthentication(
  account: Account,
  intent: PaymentIntentRecord,
  passed: boolean,
): PaymentIntentRecord {
  const method = intent.payment_method ? account.paymentMethods.get(intent.payment_method) : undefined;
  if (!method) throw new Error(`${intent.id} waits for authentication without a payment method`);
  if (passed) return charge(account, intent, method, true);
  const failed = account.paymentIntents.put({
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
