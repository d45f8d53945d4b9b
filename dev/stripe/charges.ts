import { z } from "zod";
import { type Account, newId } from "./account";
import { fullAddress, mergeMetadata } from "./fields";
import { requireCharge, requireCustomer } from "./find";
import type { FormValue } from "./form";
import { listParams, page } from "./listing";
import { address, expand, metadata, parse, text, unsettable, unsupported } from "./params";
import { testCardOf } from "./payment-methods";
import type { ChargeRecord, PaymentIntentRecord, PaymentMethodRecord } from "./records";
import type { TestCard } from "./test-cards";

type Form = { [key: string]: FormValue };

const chargeListParams = listParams({
  customer: text().optional(),
  payment_intent: text().optional(),
  transfer_group: unsupported(),
});
const updateParams = z.strictObject({
  description: unsettable().optional(),
  metadata: metadata().optional(),
  receipt_email: text().optional(),
  shipping: z.strictObject({ name: text(), phone: text().optional(), address: address() }).optional(),
  expand: expand(),
  customer: unsupported(),
  fraud_details: unsupported(),
  transfer_group: unsupported(),
});

/** Records one attempt to take the intent's amount, declined or not. */
export function makeCharge(
  account: Account,
  intent: PaymentIntentRecord,
  method: PaymentMethodRecord,
  authenticated: boolean,
): ChargeRecord {
  const { decline } = testCardOf(account, method.id);
  const captured = !decline && intent.capture_method !== "manual";
  const charge = account.charges.put({
    id: newId("ch"),
    object: "charge",
    amount: intent.amount,
    amount_captured: captured ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: "STEADFAST",
    captured,
    created: account.now(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: outcomeOf(decline),
    paid: !decline,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: detailsOf(intent, method, authenticated),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: intent.shipping,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: decline ? "failed" : "succeeded",
    transfer_data: null,
    transfer_group: null,
  });
  account.emit(decline ? "charge.failed" : "charge.succeeded", charge);
  return charge;
}

function outcomeOf(decline: TestCard["decline"]): ChargeRecord["outcome"] {
  return {
    advice_code: null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: decline ? "declined_by_network" : "approved_by_network",
    reason: decline?.decline_code ?? null,
    risk_level: "normal",
    seller_message: decline ? "The bank did not return any further details with this decline." : "Payment complete.",
    type: decline ? "issuer_declined" : "authorized",
  };
}

function detailsOf(
  intent: PaymentIntentRecord,
  method: PaymentMethodRecord,
  authenticated: boolean,
): ChargeRecord["payment_method_details"] {
  const { card } = method;
  if (!card) return null;
  return {
    type: "card",
    card: {
      amount_authorized: intent.amount,
      authorization_code: null,
      brand: card.brand,
      checks: card.checks,
      country: card.country,
      electronic_commerce_indicator: null,
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      fingerprint: card.fingerprint,
      funding: card.funding,
      installments: null,
      last4: card.last4,
      mandate: null,
      network: card.brand,
      network_token: { used: false },
      network_transaction_id: newId("nti", 15).slice(4),
      regulated_status: card.regulated_status,
      transaction_link_id: null,
      three_d_secure: authenticated
        ? {
            authentication_flow: "challenge",
            electronic_commerce_indicator: "05",
            exemption_indicator: null,
            result: "authenticated",
            result_reason: null,
            transaction_id: null,
            version: "2.2.0",
          }
        : null,
      wallet: null,
    },
  };
}

export function updateCharge(account: Account, id: string, form: Form): ChargeRecord {
  const charge = requireCharge(account, id);
  const { shipping, ...params } = parse(updateParams, form);
  return account.charges.put({
    ...charge,
    description: params.description === undefined ? charge.description : params.description,
    metadata: mergeMetadata(charge.metadata, params.metadata),
    receipt_email: params.receipt_email ?? charge.receipt_email,
    shipping: shipping ? { ...shipping, address: fullAddress(shipping.address) } : charge.shipping,
  });
}

export function listCharges(account: Account, url: string, form: Form) {
  const params = parse(chargeListParams, form);
  if (params.customer) requireCustomer(account, params.customer, "customer");
  return page(account.charges, url, params, "charge", (charge) => {
    return (
      (params.customer === undefined || charge.customer === params.customer) &&
      (params.payment_intent === undefined || charge.payment_intent === params.payment_intent)
    );
  });
}
