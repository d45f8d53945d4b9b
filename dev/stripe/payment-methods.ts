import { z } from "zod";
import { type Account, newId } from "./account";
import { badParameter, missing, refused } from "./errors";
import { requireCustomer } from "./find";
import type { FormValue } from "./form";
import { listParams, page } from "./listing";
import { expand, parse, text } from "./params";
import type { PaymentMethodRecord } from "./records";
import { TEST_CARDS, type TestCard } from "./test-cards";

const attachParams = z.strictObject({ customer: text(), expand: expand() });
const detachParams = z.strictObject({ expand: expand() });
const methodListParams = listParams({ customer: text().optional(), type: text().optional() });

/** A payment method of the given test card. Stripe makes a new one each time a `pm_card_…` name is used. */
function fromTestCard(account: Account, name: string, card: TestCard): PaymentMethodRecord {
  const id = newId("pm");
  account.cards.put({ id, testCard: name, spent: false });
  return account.paymentMethods.put({
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
  if (!found.customer && account.cards.get(id)?.spent) {
    throw refused(
      "This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and may not be used again.",
    );
  }
  return found;
}

export function testCardOf(account: Account, method: string): TestCard {
  const card = account.cards.get(method);
  const found = card && TEST_CARDS[card.testCard];
  if (!found) throw new Error(`No test card behind ${method}`);
  return found;
}

export function retrievePaymentMethod(account: Account, id: string): PaymentMethodRecord {
  const found = account.paymentMethods.get(id);
  if (found) return found;
  const card = Object.hasOwn(TEST_CARDS, id) ? TEST_CARDS[id] : undefined;
  if (card) return fromTestCard(account, id, card);
  throw missing("PaymentMethod", id);
}

export function attachPaymentMethod(account: Account, id: string, form: { [key: string]: FormValue }) {
  const params = parse(attachParams, form);
  const customer = requireCustomer(account, params.customer, "customer");
  const method = methodToUse(account, id, "id");
  if (method.customer === customer.id) return method;
  if (method.customer) {
    throw refused(
      "The payment method you provided has already been attached to a customer.",
      "payment_method_unexpected_state",
    );
  }
  return attach(account, method, customer.id);
}

export function attach(account: Account, method: PaymentMethodRecord, customer: string): PaymentMethodRecord {
  const attached = account.paymentMethods.put({ ...method, customer });
  account.emit("payment_method.attached", attached);
  return attached;
}

/** A detached payment method cannot be used again. */
export function detachPaymentMethod(account: Account, id: string, form: { [key: string]: FormValue }) {
  parse(detachParams, form);
  const method = account.paymentMethods.get(id);
  const card = account.cards.get(id);
  if (!method || !card) throw missing("PaymentMethod", id);
  if (!method.customer) {
    throw refused("The payment method you provided is not attached to a customer so detachment is impossible.");
  }
  account.cards.put({ ...card, spent: true });
  const detached = account.paymentMethods.put({ ...method, customer: null });
  account.emit("payment_method.detached", detached);
  return detached;
}

export function listPaymentMethods(account: Account, url: string, form: { [key: string]: FormValue }, owner?: string) {
  const params = parse(methodListParams, form);
  const customer = owner ?? params.customer;
  if (!customer) throw badParameter("Missing required param: customer.", "customer", "parameter_missing");
  requireCustomer(account, customer, owner ? undefined : "customer");
  return page(account.paymentMethods, url, params, "PaymentMethod", (method) => {
    return method.customer === customer && (params.type === undefined || method.type === params.type);
  });
}
