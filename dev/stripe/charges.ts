import { type Account, type ChargeRecord, newId, type PaymentIntentRecord, type PaymentMethodRecord } from "./account";
import { type TestCard, testCardOf } from "./payment-methods";

/** Records one attempt to charge the intent's amount, declined or not. */
export function makeCharge(
  account: Account,
  intent: PaymentIntentRecord,
  method: PaymentMethodRecord,
  authenticated: boolean,
): ChargeRecord {
  const { decline } = testCardOf(account, method.id);
  const charge = account.charges.save({
    id: newId("ch"),
    object: "charge",
    amount: intent.amount,
    amount_captured: decline ? 0 : intent.amount,
    amount_refunded: 0,
    billing_details: method.billing_details,
    calculated_statement_descriptor: "STEADFAST",
    captured: !decline,
    created: account.now(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    outcome: outcomeOf(decline),
    paid: !decline,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: detailsOf(intent, method, authenticated),
    receipt_email: intent.receipt_email,
    refunded: false,
    shipping: intent.shipping,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: decline ? "failed" : "succeeded",
    // Always null here.
    ...{ application: null, application_fee: null, application_fee_amount: null, balance_transaction: null },
    ...{ failure_balance_transaction: null, on_behalf_of: null, receipt_number: null, receipt_url: null },
    ...{ review: null, source: null, source_transfer: null, transfer_data: null, transfer_group: null },
  });
  account.emit(decline ? "charge.failed" : "charge.succeeded", charge);
  return charge;
}

function outcomeOf(decline: TestCard["decline"]): ChargeRecord["outcome"] {
  return {
    ...{ advice_code: null, network_advice_code: null, network_decline_code: null },
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
      brand: card.brand,
      checks: card.checks,
      country: card.country,
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      fingerprint: card.fingerprint,
      funding: card.funding,
      last4: card.last4,
      network: card.brand,
      network_token: { used: false },
      network_transaction_id: newId("nti", 15).slice(4),
      regulated_status: card.regulated_status,
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
      ...{ authorization_code: null, electronic_commerce_indicator: null, installments: null, mandate: null },
      ...{ transaction_link_id: null, wallet: null },
    },
  };
}
