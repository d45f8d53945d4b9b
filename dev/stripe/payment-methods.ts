import { type Account, type Endpoint, find, newId, type PaymentMethodRecord } from "./account";
import type { TestDispute } from "./disputes";
import { missing, refused } from "./errors";
import { listPage, listParams } from "./listing";
import { params, parse, text } from "./params";

/** The behaviour of a test card. */
export interface TestCard {
  brand: string;
  last4: string;
  /** Requires 3-D Secure before the charge. `unless_set_up`: off session only until the card is set up for that. */
  authentication?: "always" | "unless_set_up";
  decline?: { code: string; decline_code?: string; message: string };
  /** `pending`: the refund succeeds later. `fail`: it succeeds at first and fails later. */
  refund?: "pending" | "fail";
  dispute?: TestDispute;
}

const declinedFor = (decline_code: string, message = "Your card was declined.", code = "card_declined") => ({
  decline: { code, decline_code, message },
});
const generic = declinedFor("generic_decline");
export const GENERIC_DECLINE = generic.decline;
const insufficient = declinedFor("insufficient_funds", "Your card has insufficient funds.");
const expired = declinedFor("expired_card", "Your card has expired.", "expired_card");
const incorrectCvc = declinedFor("incorrect_cvc", "Your card's security code is incorrect.", "incorrect_cvc");
const processingError = declinedFor(
  "processing_error",
  "An error occurred while processing your card. Try again in a little bit.",
  "processing_error",
);
const authentication = { authentication: "always" } as const;

const visa = (last4: string, more: Partial<TestCard> = {}): TestCard => ({ brand: "visa", last4, ...more });

/** Stripe's test payment methods with their documented meaning (docs: "Testing"). */
const TEST_CARDS: Record<string, TestCard> = {
  pm_card_visa: visa("4242"),
  pm_card_visa_debit: visa("5556"),
  pm_card_mastercard: { brand: "mastercard", last4: "4444" },
  pm_card_amex: { brand: "amex", last4: "8431" },
  pm_card_visa_chargeDeclined: visa("0002", generic),
  pm_card_chargeDeclined: visa("0002", generic),
  pm_card_visa_chargeDeclinedInsufficientFunds: visa("9995", insufficient),
  pm_card_chargeDeclinedInsufficientFunds: visa("9995", insufficient),
  pm_card_visa_chargeDeclinedLostCard: visa("9987", declinedFor("lost_card")),
  pm_card_visa_chargeDeclinedStolenCard: visa("9979", declinedFor("stolen_card")),
  pm_card_chargeDeclinedExpiredCard: visa("0069", expired),
  pm_card_chargeDeclinedIncorrectCvc: visa("0127", incorrectCvc),
  pm_card_chargeDeclinedProcessingError: visa("0119", processingError),
  // Attaching it to a customer succeeds; charging it does not.
  pm_card_chargeCustomerFail: visa("0341", generic),
  pm_card_authenticationRequired: visa("3184", authentication),
  pm_card_authenticationRequiredOnSetup: visa("3155", { authentication: "unless_set_up" }),
  pm_card_threeDSecureRequired: visa("3063", authentication),
  pm_card_threeDSecure2Required: visa("3220", authentication),
  pm_card_threeDSecureRequiredChargeDeclined: visa("1629", { ...authentication, ...generic }),
  pm_card_authenticationRequiredChargeDeclinedInsufficientFunds: visa("3178", { ...authentication, ...insufficient }),
  pm_card_pendingRefund: visa("7726", { refund: "pending" }),
  pm_card_createDispute: visa("0259", { dispute: { reason: "fraudulent" } }),
  pm_card_createDisputeProductNotReceived: visa("2685", { dispute: { reason: "product_not_received" } }),
  pm_card_createDisputeInquiry: visa("1976", { dispute: { reason: "fraudulent", inquiry: true } }),
  pm_card_refundFail: visa("5126", { refund: "fail" }),
};

/** A new payment method of the given test card. Stripe creates one each time a `pm_card_…` name is used. */
function fromTestCard(account: Account, name: string, card: TestCard): PaymentMethodRecord {
  const id = newId("pm");
  account.cards.save({ id, testCard: name, used: false });
  return account.paymentMethods.save({
    id,
    object: "payment_method",
    allow_redisplay: "unspecified",
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: "pass" },
      country: "US",
      display_brand: card.brand,
      exp_month: 12,
      exp_year: 2040,
      fingerprint: newId("fp", 16).slice(3),
      funding: "credit",
      generated_from: null,
      last4: card.last4,
      networks: { available: [card.brand], preferred: null },
      regulated_status: "unregulated",
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: account.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: "card",
  });
}

/** The payment method of this id, or a new one for the name of a test card. */
export function methodToUse(account: Account, id: string, param: string): PaymentMethodRecord {
  const card = Object.hasOwn(TEST_CARDS, id) ? TEST_CARDS[id] : undefined;
  if (card) return fromTestCard(account, id, card);
  const found = account.paymentMethods.get(id);
  if (!found) throw missing("PaymentMethod", id, param);
  if (!found.customer && account.cards.get(id)?.used)
    throw refused(
      "This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and may not be used again.",
    );
  return found;
}

export function testCardOf(account: Account, method: string): TestCard {
  const card = account.cards.get(method);
  const found = card && TEST_CARDS[card.testCard];
  if (!found) throw new Error(`No test card behind ${method}`);
  return found;
}

/** Returns whether a payment with the card requires 3-D Secure (docs: "Testing", "3D Secure authentication"). */
export function requiresAuthentication(account: Account, method: string, offSession = false): boolean {
  const { authentication } = testCardOf(account, method);
  if (authentication === "unless_set_up" && offSession) return !account.cards.get(method)?.setUp;
  return authentication !== undefined;
}

const attachParams = params({ customer: text() });
const listMethodsParams = listParams({ type: text().optional() });

export const attachPaymentMethod: Endpoint = ({ account, id, form }) => {
  const given = parse(attachParams, form);
  const customer = find(account.customers, "customer", given.customer, "customer");
  const method = methodToUse(account, id, "id");
  if (method.customer === customer.id) return method;
  if (method.customer)
    throw refused(
      "The payment method you provided has already been attached to a customer.",
      "payment_method_unexpected_state",
    );
  const attached = account.paymentMethods.save({ ...method, customer: customer.id });
  account.emit("payment_method.attached", attached);
  return attached;
};

/** `GET /v1/customers/:id/payment_methods`. */
export const listCustomerMethods: Endpoint = ({ account, id, url, form }) => {
  const { type, ...given } = parse(listMethodsParams, form);
  find(account.customers, "customer", id);
  return listPage(
    account.paymentMethods,
    url,
    given,
    "PaymentMethod",
    (method) => method.customer === id && (type === undefined || method.type === type),
  );
};
